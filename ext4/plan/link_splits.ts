/**
 * Files with more names than an inode can have (65,000) are stored again for the names beyond.
 * @module
 */

import { LINKS_MAX } from "../structs/inode.ts";
import { S_IFDIR, S_IFMT, type Tree, type TreeInode } from "../tree.ts";
import type { PlanNote } from "./report.ts";

/** A further inode with the contents of a row of the tree. */
export interface LinkCopy {
  readonly inode: TreeInode;
  readonly number: number;
  readonly countLinks: number;
}

/** Which names lead to copies. */
export interface LinkSplits {
  /** In the order of their numbers. */
  readonly copies: readonly LinkCopy[];
  /** By row: its stored name rows, ascending, and the number of its first copy. */
  readonly byInode: ReadonlyMap<number, Split>;
}

interface Split {
  readonly entries: Uint32Array;
  readonly firstCopyNumber: number;
}

/**
 * Splits inodes with too many names.
 * @param countLinks is cut to 65,000 for the inodes that are split
 * @param firstNumber the inode number of the first copy
 */
export function splitLinks(
  tree: Tree,
  numberOf: Uint32Array,
  refused: ReadonlySet<number>,
  countLinks: Uint32Array,
  firstNumber: number,
  notes: PlanNote[],
): LinkSplits {
  const copies: LinkCopy[] = [];
  const byInode = new Map<number, Split>();
  for (let inode = 0; inode < tree.countInodes; inode++) {
    const total = countLinks[inode]!;
    if (total <= LINKS_MAX || (tree.mode[inode]! & S_IFMT) === S_IFDIR) continue;
    const row = inode as TreeInode;
    byInode.set(inode, {
      entries: entriesOf(tree, inode, total, numberOf, refused),
      firstCopyNumber: firstNumber + copies.length,
    });
    for (let done = LINKS_MAX; done < total; done += LINKS_MAX) {
      copies.push({
        inode: row,
        number: firstNumber + copies.length,
        countLinks: Math.min(LINKS_MAX, total - done),
      });
    }
    const countCopies = Math.ceil(total / LINKS_MAX);
    notes.push({ kind: "links-split", inode: row, countLinks: total, countCopies });
    countLinks[inode] = LINKS_MAX;
  }
  return { copies, byInode };
}

/** The inode number that a name of a split inode leads to. */
export function numberOfSplitEntry(split: Split, entry: number, ownNumber: number): number {
  let low = 0;
  let high = split.entries.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (split.entries[middle]! < entry) low = middle + 1;
    else high = middle;
  }
  const copy = Math.floor(low / LINKS_MAX);
  return copy === 0 ? ownNumber : split.firstCopyNumber + copy - 1;
}

function entriesOf(
  tree: Tree,
  inode: number,
  total: number,
  numberOf: Uint32Array,
  refused: ReadonlySet<number>,
): Uint32Array {
  const entries = new Uint32Array(total);
  let count = 0;
  for (let entry = 0; entry < tree.countEntries; entry++) {
    if (tree.entryInode[entry] !== inode || refused.has(entry)) continue;
    if (numberOf[tree.entryParent[entry]!] !== 0) entries[count++] = entry;
  }
  return entries;
}
