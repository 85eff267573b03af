/**
 * What a tree needs of a file system that the kernel writes: blocks and inodes.
 * @module
 */

import {
  nameOf,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";

/** The block sizes icecore makes. */
export type BlockSize = 1024 | 2048 | 4096;

/** Room for a tree, apart from the file system's own tables. */
export interface Needs {
  readonly blockSizeBytes: BlockSize;
  /** Blocks of files, folders, long links and attributes. */
  readonly countDataBlocks: number;
  /** Inodes of the tree and the eleven that every file system has. */
  readonly countInodes: number;
}

/** Inodes 1 to 10 are reserved, `lost+found` is the eleventh; the root is one of the reserved. */
const COUNT_OWN_INODES = 11;
/** mkfs makes `lost+found` this large, so that e2fsck need not allocate. */
const LOST_AND_FOUND_BYTES = 16_384;
/** The kernel splits full leaves of a folder in halves, which then fill up unevenly. */
const FOLDER_FILL = 0.6;
/** Targets below this lie in the inode. */
const FAST_LINK_BYTES = 60;
/** Room for attributes in a 256-byte inode, behind the fields and the first magic number. */
const INODE_XATTR_BYTES = 256 - 128 - 32 - 4;
/** Extents in the inode, and in a block of the extent tree. */
const INODE_EXTENTS = 4;
const MOST_EXTENT_BLOCKS = 32_768;

/** Counts what a tree needs with a block size; rather too much than too little. */
export function needsOf(tree: Tree, blockSizeBytes: BlockSize): Needs {
  let countDataBlocks = Math.ceil(LOST_AND_FOUND_BYTES / blockSizeBytes);
  for (let row = 0; row < tree.countInodes; row++) {
    const inode = row as TreeInode;
    const type = tree.mode[inode]! & S_IFMT;
    if (type === S_IFREG) countDataBlocks += fileBlocks(tree, inode, blockSizeBytes);
    if (type === S_IFDIR) countDataBlocks += folderBlocks(tree, inode, blockSizeBytes);
    if (type === S_IFLNK && tree.sizeBytes[inode]! >= FAST_LINK_BYTES) countDataBlocks++;
    const set = tree.xattrSet[inode]!;
    if (set !== 0) countDataBlocks += xattrBlocks(tree, set, blockSizeBytes);
  }
  return { blockSizeBytes, countDataBlocks, countInodes: tree.countInodes + COUNT_OWN_INODES };
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
    extents += Math.ceil(count / MOST_EXTENT_BLOCKS) * 2;
  }
  const perBlock = Math.floor(blockSizeBytes / 12) - 2;
  return blocks + (extents > INODE_EXTENTS ? Math.ceil(extents / perBlock) + 1 : 0);
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

function xattrBlocks(tree: Tree, set: number, blockSizeBytes: number): number {
  let bytes = 0;
  let separate = 0;
  for (const { name, value } of tree.xattrSets[set]!) {
    bytes += 16 + name.length + Math.ceil(value.length / 4) * 4 + 4;
    if (value.length > blockSizeBytes / 2) separate += Math.ceil(value.length / blockSizeBytes);
  }
  return bytes <= INODE_XATTR_BYTES ? 0 : 1 + separate;
}
