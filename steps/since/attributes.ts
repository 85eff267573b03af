/**
 * Attributes of the source beside those of the base.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import { placeXattrs } from "../../ext4/plan/xattr_placement.ts";
import type { Tree, TreeInode, Xattr } from "../../ext4/tree.ts";

/** The block size of most images: only with it can be said which attributes find room. */
const BLOCK_SIZE_BYTES = 4096;

/** Compares sets of attributes, each of the source prepared once. */
export class AttributeComparison {
  readonly #stored = new Map<number, readonly Xattr[]>();

  constructor(private readonly tree: Tree) {}

  /** Whether a row has attributes that an image can hold. */
  hasAny(row: TreeInode): boolean {
    const set = this.tree.xattrSet[row]!;
    return set !== 0 && this.#storedOf(set).length > 0;
  }

  /** Whether a row has these attributes, in whatever order, and no others that can be stored. */
  isSame(row: TreeInode, others: readonly Xattr[]): boolean {
    const own = this.#storedOf(this.tree.xattrSet[row]!);
    if (own.length !== others.length) return false;
    const sorted = others.toSorted((a, b) => compareBytes(a.name, b.name));
    return own.every(({ name, value }, i) =>
      compareBytes(name, sorted[i]!.name) === 0 && compareBytes(value, sorted[i]!.value) === 0
    );
  }

  /** What was refused when the base was made is in no image, and was named then. */
  #storedOf(set: number): readonly Xattr[] {
    const known = this.#stored.get(set);
    if (known !== undefined) return known;
    const all = this.tree.xattrSets[set]!;
    const { refused } = placeXattrs(all, BLOCK_SIZE_BYTES);
    const stored = all.filter(({ name }) =>
      !refused.some((each) => compareBytes(each.name, name) === 0)
    );
    this.#stored.set(set, stored);
    return stored;
  }
}
