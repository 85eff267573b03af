/**
 * What a tree needs of a file system that the kernel writes: blocks and inodes.
 * @module
 */

import type { BlockSizeBytes } from "../../ext4/numbers.ts";
import { IBODY_SIZE_BYTES } from "../../ext4/plan/xattr_placement.ts";
import { EXTENT_MAX_BLOCKS, EXTENTS_IN_INODE } from "../../ext4/structs/extent.ts";
import { I_BLOCK_SIZE_BYTES } from "../../ext4/structs/inode.ts";
import { XATTR_HEADER, xattrEntrySizeBytes } from "../../ext4/structs/xattr.ts";
import {
  hasType,
  nameOf,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  type Tree,
  type TreeEntry,
  type TreeInode,
  type Xattr,
} from "../../ext4/tree.ts";

/** Room for a tree, apart from the file system's own tables. */
export interface Needs {
  readonly blockSizeBytes: BlockSizeBytes;
  /** Blocks of files, folders, long links and attributes. */
  readonly countDataBlocks: number;
  /** Inodes of the tree, of large attributes, and the eleven that every file system has. */
  readonly countInodes: number;
}

/** Inodes 1 to 10 are reserved, `lost+found` is the eleventh; the root is one of the reserved. */
const COUNT_OWN_INODES = 11;
/** mkfs makes `lost+found` this large, so that e2fsck need not allocate. */
const LOST_AND_FOUND_BYTES = 16_384;
/** The kernel splits full leaves of a folder in halves, which then fill up unevenly. */
const FOLDER_FILL = 0.6;
/** Room for attributes in an inode, behind the fields and the magic number before them. */
const INODE_XATTR_BYTES = IBODY_SIZE_BYTES - 4;

/** Counts what a tree needs with a block size; rather too much than too little. */
export function needsOf(tree: Tree, blockSizeBytes: BlockSizeBytes): Needs {
  let countDataBlocks = Math.ceil(LOST_AND_FOUND_BYTES / blockSizeBytes);
  let countInodes = tree.countInodes + COUNT_OWN_INODES;
  for (let row = 0; row < tree.countInodes; row++) {
    const inode = row as TreeInode;
    const type = tree.mode[inode]! & S_IFMT;
    if (type === S_IFREG) countDataBlocks += fileBlocks(tree, inode, blockSizeBytes);
    if (type === S_IFDIR) countDataBlocks += folderBlocks(tree, inode, blockSizeBytes);
    if (type === S_IFLNK && tree.sizeBytes[inode]! >= I_BLOCK_SIZE_BYTES) countDataBlocks++;
    const set = tree.xattrSet[inode]!;
    if (set === 0) continue;
    const xattrs = xattrNeeds(tree.xattrSets[set]!, blockSizeBytes);
    countDataBlocks += xattrs.countBlocks;
    countInodes += xattrs.countInodes;
  }
  return { blockSizeBytes, countDataBlocks, countInodes };
}

/** Whether blocks of a size can hold every target and all names of attributes. */
export function fitsBlocks(tree: Tree, blockSizeBytes: number): boolean {
  for (let row = 0; row < tree.countInodes; row++) {
    if (!hasType(tree, row, S_IFLNK)) continue;
    if (tree.sizeBytes[row]! >= blockSizeBytes) return false;
  }
  return tree.xattrSets.every((set) => {
    const heads = set.reduce((sum, { name }) => sum + xattrEntrySizeBytes(name.length), 0);
    return heads <= blockSizeBytes - XATTR_HEADER.sizeBytes;
  });
}

function fileBlocks(tree: Tree, inode: TreeInode, blockSizeBytes: number): number {
  const ranges = tree.dataRanges.get(inode) ?? [0, tree.sizeBytes[inode]!];
  let blocks = 0;
  let extents = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const first = Math.floor(ranges[i]! / blockSizeBytes);
    const count = Math.ceil(ranges[i + 1]! / blockSizeBytes) - first;
    blocks += count;
    // A file is cut at least where a block group begins, and there may be other gaps.
    extents += Math.ceil(count / EXTENT_MAX_BLOCKS) * 2;
  }
  const perBlock = Math.floor(blockSizeBytes / 12) - 2;
  return blocks + (extents > EXTENTS_IN_INODE ? Math.ceil(extents / perBlock) + 1 : 0);
}

function folderBlocks(tree: Tree, inode: TreeInode, blockSizeBytes: number): number {
  let bytes = 24;
  const first = tree.payload[inode]!;
  for (let i = 0; i < tree.countChildren[inode]!; i++) {
    bytes += 8 + Math.ceil(nameOf(tree, (first + i) as TreeEntry).length / 4) * 4;
  }
  const usable = blockSizeBytes - 12;
  if (bytes <= usable) return 1;
  const leaves = Math.ceil(bytes / (usable * FOLDER_FILL)) + 1;
  return leaves + Math.ceil(leaves / (blockSizeBytes / 8 - 5)) + 1;
}

/** Where a set does not fit into a block, the kernel may give any of its values an inode. */
function xattrNeeds(
  set: readonly Xattr[],
  blockSizeBytes: number,
): { countBlocks: number; countInodes: number } {
  let bytes = 0;
  let countValueBlocks = 0;
  for (const { name, value } of set) {
    bytes += 16 + name.length + Math.ceil(value.length / 4) * 4 + 4;
    countValueBlocks += Math.ceil(value.length / blockSizeBytes);
  }
  if (bytes <= INODE_XATTR_BYTES) return { countBlocks: 0, countInodes: 0 };
  if (bytes <= blockSizeBytes - XATTR_HEADER.sizeBytes) return { countBlocks: 1, countInodes: 0 };
  return { countBlocks: 1 + countValueBlocks, countInodes: set.length };
}
