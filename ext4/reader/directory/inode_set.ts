/**
 * A set of inode numbers that takes memory only for those parts of the range that are used.
 * @module
 */

const PAGE_BITS = 4096;

/** Inodes that were seen. */
export class InodeSet {
  readonly #pages = new Map<number, Uint8Array>();

  /** Adds a number; whether it was new. */
  add(inode: number): boolean {
    const index = Math.floor(inode / PAGE_BITS);
    let page = this.#pages.get(index);
    if (page === undefined) this.#pages.set(index, page = new Uint8Array(PAGE_BITS / 8));
    const bit = inode % PAGE_BITS;
    const mask = 1 << (bit & 7);
    const at = bit >> 3;
    if ((page[at]! & mask) !== 0) return false;
    page[at]! |= mask;
    return true;
  }

  /** Whether a number was added. */
  has(inode: number): boolean {
    const page = this.#pages.get(Math.floor(inode / PAGE_BITS));
    const bit = inode % PAGE_BITS;
    return page !== undefined && (page[bit >> 3]! & (1 << (bit & 7))) !== 0;
  }
}
