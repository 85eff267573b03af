/**
 * Times that an inode cannot hold are stored as the nearest that it can, and noted.
 * @module
 */

import { clampSeconds } from "../times.ts";
import type { TimeColumn, Tree, TreeInode } from "../tree.ts";
import type { Inventory } from "./inventory.ts";
import type { PlanNote } from "./report.ts";

/** The columns that are stored; what is absent is taken from `mtime`. */
export function timeColumns(tree: Tree, times: "mtime" | "all"): {
  readonly mtime: TimeColumn;
  readonly atime: TimeColumn;
  readonly ctime: TimeColumn;
  readonly crtime: TimeColumn;
} {
  const { mtime } = tree;
  if (times === "mtime") return { mtime, atime: mtime, ctime: mtime, crtime: mtime };
  return {
    mtime,
    atime: tree.atime ?? mtime,
    ctime: tree.ctime ?? mtime,
    crtime: tree.crtime ?? mtime,
  };
}

/** Adds a note for each stored inode with such a time. */
export function noteClampedTimes(
  tree: Tree,
  inventory: Inventory,
  times: "mtime" | "all",
  notes: PlanNote[],
): void {
  const columns = [...new Set(Object.values(timeColumns(tree, times)))];
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (inventory.numberOf[inode] === 0) continue;
    for (const { seconds } of columns) {
      if (clampSeconds(seconds[inode]!) === seconds[inode]!) continue;
      notes.push({ kind: "time-clamped", inode: inode as TreeInode });
      break;
    }
  }
}
