/**
 * How often each shared attribute block is used, compared with its reference count.
 * @module
 */

/** Blocks that have not been used as often as they claim, yet. */
export class XattrBlockUses {
  /** Missing uses by block; a block that was used often enough is forgotten. */
  readonly #missing = new Map<number, number>();

  /** Whether the block was met before and more uses of it are due; counts this one. */
  useAgain(block: number): boolean {
    const missing = this.#missing.get(block);
    if (missing === undefined) return false;
    if (missing === 1) this.#missing.delete(block);
    else this.#missing.set(block, missing - 1);
    return true;
  }

  /** The first use of a block. */
  useFirst(block: number, refcount: number): void {
    if (refcount > 1) this.#missing.set(block, refcount - 1);
  }

  /** Blocks used less often than they claim, and by how much. */
  missing(): ReadonlyMap<number, number> {
    return this.#missing;
  }
}
