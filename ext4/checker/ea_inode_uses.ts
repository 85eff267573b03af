/**
 * How often each inode that holds an attribute's value is used, compared with its reference count.
 * @module
 */

/** Uses and claims by inode. */
export class EaInodeUses {
  readonly #uses = new Map<number, number>();
  readonly #claims = new Map<number, number>();

  /** An attribute's value lies in this inode. */
  use(inode: number): void {
    this.#uses.set(inode, (this.#uses.get(inode) ?? 0) + 1);
  }

  /** The inode says it is used so often. */
  claim(inode: number, refcount: number): void {
    this.#claims.set(inode, refcount);
  }

  /** Whether the inode holds an attribute's value. */
  hasClaim(inode: number): boolean {
    return this.#claims.has(inode);
  }

  /** Inodes whose claim is wrong: `[inode, uses, claimed]`. */
  *mismatches(): Generator<readonly [inode: number, uses: number, claimed: number]> {
    for (const [inode, claimed] of this.#claims) {
      const uses = this.#uses.get(inode) ?? 0;
      if (uses !== claimed) yield [inode, uses, claimed];
    }
  }
}
