/**
 * Whether names that are one file on one side are one file on the other.
 * @module
 */

import { LINKS_MAX } from "../../ext4/structs/inode.ts";
import type { Tree, TreeInode } from "../../ext4/tree.ts";

/** What is known of two names that were matched. */
export interface LinkMatch {
  /** Whether both sides agree which names are one file. */
  readonly agrees: boolean;
  /** Whether the same two were matched before: they need not be compared again. */
  readonly isRepeated: boolean;
}

/** The rows of the other side that each row was matched with; one, but for too many names. */
type Partners = Map<TreeInode, TreeInode[]>;

/** Remembers which rows were matched; only rows with several names take memory. */
export class LinkMatches {
  readonly #ofA: Partners = new Map();
  readonly #ofB: Partners = new Map();

  constructor(private readonly a: Tree, private readonly b: Tree) {}

  match(rowA: TreeInode, rowB: TreeInode): LinkMatch {
    if (this.a.countNames[rowA] === 1 && this.b.countNames[rowB] === 1) {
      return { agrees: true, isRepeated: false };
    }
    const known = this.#ofA.get(rowA)?.includes(rowB) ?? false;
    if (known) return { agrees: true, isRepeated: true };
    const mayA = hasRoom(this.a, this.#ofA, rowA);
    const mayB = hasRoom(this.b, this.#ofB, rowB);
    if (mayA) add(this.#ofA, rowA, rowB);
    if (mayB) add(this.#ofB, rowB, rowA);
    return { agrees: mayA && mayB, isRepeated: false };
  }
}

/** ext4 allows so many links to a file: what has more is stored as often as that takes. */
function hasRoom(tree: Tree, partners: Partners, row: TreeInode): boolean {
  const most = Math.ceil(tree.countNames[row]! / LINKS_MAX);
  return (partners.get(row)?.length ?? 0) < most;
}

function add(partners: Partners, row: TreeInode, other: TreeInode): void {
  const known = partners.get(row);
  if (known === undefined) partners.set(row, [other]);
  else known.push(other);
}
