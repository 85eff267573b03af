/**
 * Paths of a tree's rows.
 * @module
 */

import {
  nameOf,
  NO_ENTRY,
  parentOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../ext4/tree.ts";
import { joinBytes, printable } from "../host/libc/paths.ts";

/** The first path of an inode, from the root of the tree without a slash; empty for the root. */
export function pathBytesOf(tree: Tree, row: TreeInode): Uint8Array {
  const names: Uint8Array[] = [];
  for (let at = row; tree.nameEntry[at] !== NO_ENTRY; at = parentOf(tree, at)) {
    names.push(nameOf(tree, tree.nameEntry[at]! as TreeEntry));
  }
  return names.reverse().reduce((path, name) => joinBytes(path, name), new Uint8Array());
}

/** The path of one of an inode's names. */
export function pathBytesOfEntry(tree: Tree, entry: TreeEntry): Uint8Array {
  const folder = tree.entryParent[entry]! as TreeInode;
  return joinBytes(pathBytesOf(tree, folder), nameOf(tree, entry));
}

/** The first path of an inode for people; `.` for the root. */
export function shownPathOf(tree: Tree, row: TreeInode): string {
  const path = pathBytesOf(tree, row);
  return path.length === 0 ? "." : printable(path);
}
