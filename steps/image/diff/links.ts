/**
 * Whether names that are one file on one side are one file on the other.
 * @module
 */

import type { Tree, TreeInode } from "../../../ext4/tree.ts";

/** What is known of two names that were matched. */
export interface LinkMatch {
  /** Whether both sides agree which names are one file. */
  readonly agrees: boolean;
  /** Whether the same two were matched before: they need not be compared again. */
  readonly isRepeated: boolean;
}

/** Remembers which rows were matched; only rows with several names take memory. */
export class LinkMatches {
  readonly #toB = new Map<TreeInode, TreeInode>();
  readonly #toA = new Map<TreeInode, TreeInode>();

  constructor(private readonly a: Tree, private readonly b: Tree) {}

  match(rowA: TreeInode, rowB: TreeInode): LinkMatch {
    if (this.a.countNames[rowA] === 1 && this.b.countNames[rowB] === 1) {
      return { agrees: true, isRepeated: false };
    }
    const knownB = this.#toB.get(rowA);
    const knownA = this.#toA.get(rowB);
    if (knownB === undefined) this.#toB.set(rowA, rowB);
    if (knownA === undefined) this.#toA.set(rowB, rowA);
    const agrees = (knownB ?? rowB) === rowB && (knownA ?? rowA) === rowA;
    return { agrees, isRepeated: agrees && knownB !== undefined };
  }
}
