/**
 * How often each shared attribute block is used, compared with its reference count.
 * @module
 */

interface Outstanding {
  missing: number;
  readonly countClusters: number;
}

/** Blocks that have not been used as often as they claim, yet. */
export class XattrBlockUses {
  /** A block that was used often enough is forgotten. */
  readonly #outstanding = new Map<number, Outstanding>();

  /**
   * Counts a further use of a block.
   * @returns the clusters that it adds to `i_blocks`; `undefined` where no further use is due
   */
  useAgain(block: number): number | undefined {
    const one = this.#outstanding.get(block);
    if (one === undefined) return undefined;
    if (--one.missing === 0) this.#outstanding.delete(block);
    return one.countClusters;
  }

  /** The first use of a block. */
  useFirst(block: number, refcount: number, countClusters: number): void {
    if (refcount > 1) this.#outstanding.set(block, { missing: refcount - 1, countClusters });
  }

  /** Blocks used less often than they claim, and by how much. */
  *missing(): Generator<readonly [block: number, missing: number]> {
    for (const [block, { missing }] of this.#outstanding) yield [block, missing];
  }
}
