/**
 * What each user, group and project uses, counted on the way as quota files count it.
 * @module
 */

/** What one id uses. */
export interface Usage {
  countInodes: number;
  sizeBytes: number;
}

/** Usage by id; memory grows with the number of ids. */
export class QuotaUsage {
  readonly #byId = new Map<number, Usage>();

  /** Counts an inode. */
  add(id: number, sizeBytes: number): void {
    const usage = this.#byId.get(id);
    if (usage === undefined) this.#byId.set(id, { countInodes: 1, sizeBytes });
    else {
      usage.countInodes++;
      usage.sizeBytes += sizeBytes;
    }
  }

  /**
   * Compares with an entry of a quota file, and forgets the id.
   * @returns whether they agree
   */
  settle(id: number, countInodes: bigint, sizeBytes: bigint): boolean {
    const usage = this.#byId.get(id) ?? { countInodes: 0, sizeBytes: 0 };
    this.#byId.delete(id);
    return BigInt(usage.countInodes) === countInodes && BigInt(usage.sizeBytes) === sizeBytes;
  }

  /** An id that no entry was compared with. */
  get unsettled(): number | undefined {
    return this.#byId.keys().next().value;
  }
}
