/**
 * The size of an image for each block size, closely enough to choose one, without planning it.
 * @module
 */

import type { BlockSizeBytes } from "../numbers.ts";
import { dirEntrySizeBytes } from "../structs/directory.ts";
import { I_BLOCK_SIZE_BYTES } from "../structs/inode.ts";
import { XATTR_HEADER, xattrEntrySizeBytes } from "../structs/xattr.ts";
import { hasType, S_IFDIR, S_IFLNK, S_IFREG, type Tree } from "../tree.ts";
import { fileBlocks, recordBlocks, type RecordForm } from "./content_blocks.ts";
import { DOTS_SIZE_BYTES, entriesSpaceBytes } from "./folder_leaves.ts";
import { findGeometry } from "./groups.ts";
import { indexShapeOf } from "./index_shape.ts";
import type { Inventory } from "./inventory.ts";
import type { Owners } from "./sharing.ts";
import { IBODY_SIZE_BYTES } from "./xattr_placement.ts";
import { countSetUsers, countSharedBlocks } from "./xattr_plan.ts";

/** The block sizes icecore makes, the preferred first. */
export const BLOCK_SIZES: readonly BlockSizeBytes[] = [4096, 2048, 1024];
/** How much larger an image of 4 KiB blocks may be and is still preferred: it is read faster. */
export const WORTH = 1.02;

/** The block size that `"auto"` stands for. */
export function chooseBlockSize(
  tree: Tree,
  inventory: Inventory,
  record: RecordForm,
  owners: Owners | undefined,
): BlockSizeBytes {
  const sizes = BLOCK_SIZES.map((blockSizeBytes) => ({
    blockSizeBytes,
    sizeBytes: estimateSizeBytes(tree, inventory, blockSizeBytes, record, owners),
  }));
  const smallest = sizes.reduce((best, one) => one.sizeBytes < best.sizeBytes ? one : best);
  const largeBlocks = sizes[0]!;
  return largeBlocks.sizeBytes <= smallest.sizeBytes * WORTH
    ? largeBlocks.blockSizeBytes
    : smallest.blockSizeBytes;
}

/**
 * About the size of the image; off by far less than 1 % but for tiny images.
 * @returns infinity when the tree, or some attribute of it, does not fit into blocks of this size
 */
function estimateSizeBytes(
  tree: Tree,
  inventory: Inventory,
  blockSizeBytes: BlockSizeBytes,
  record: RecordForm,
  owners: Owners | undefined,
): number {
  let countContentBlocks = inventory.addsLostAndFound ? 1 : 0;
  const maxFileBytes = 0xffff_ffff * blockSizeBytes;
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (inventory.numberOf[inode] === 0) continue;
    const sizeBytes = tree.sizeBytes[inode]!;
    if (hasType(tree, inode, S_IFREG)) {
      if (sizeBytes > maxFileBytes) return Infinity;
      const isShared = owners !== undefined && owners[inode] !== inode;
      if (!isShared) countContentBlocks += fileBlocks(tree, inode, blockSizeBytes);
    } else if (hasType(tree, inode, S_IFDIR)) {
      const entriesSize = inventory.entriesSizeBytes[inode]!;
      countContentBlocks += folderBlocks(entriesSize, tree.countChildren[inode]!, blockSizeBytes);
    } else if (hasType(tree, inode, S_IFLNK)) {
      if (sizeBytes >= blockSizeBytes) return Infinity;
      if (sizeBytes >= I_BLOCK_SIZE_BYTES) countContentBlocks++;
    }
  }
  for (const { inode } of inventory.splits.copies) {
    if (hasType(tree, inode, S_IFREG) && owners === undefined) {
      countContentBlocks += fileBlocks(tree, inode, blockSizeBytes);
    }
  }
  countContentBlocks += xattrBlocks(tree, inventory, blockSizeBytes);
  if (countContentBlocks === Infinity) return Infinity;
  const countInodes = inventory.lastNumber;
  countContentBlocks += recordBlocks(countInodes, blockSizeBytes, record);
  const geometry = findGeometry({ blockSizeBytes, countInodes, countContentBlocks });
  return geometry === undefined ? Infinity : geometry.countBlocks * blockSizeBytes;
}

function folderBlocks(entriesSize: number, countNames: number, blockSizeBytes: number): number {
  const space = entriesSpaceBytes(blockSizeBytes);
  if (entriesSize + DOTS_SIZE_BYTES <= space) return 1;
  const wasted = Math.min(entriesSize / Math.max(countNames, 1), dirEntrySizeBytes(255)) / 2;
  const countLeaves = Math.ceil(entriesSize / (space - wasted));
  const shape = indexShapeOf(countLeaves, blockSizeBytes);
  if (shape === undefined) return Infinity;
  return 1 + shape.countTopNodes + shape.countNodes + countLeaves;
}

/** Infinity when not even the names of a set fit into a block. */
function xattrBlocks(tree: Tree, inventory: Inventory, blockSizeBytes: number): number {
  const { countUsers } = countSetUsers(tree, inventory);
  let count = 0;
  for (let set = 1; set < tree.xattrSets.length; set++) {
    if (countUsers[set] === 0) continue;
    const list = tree.xattrSets[set]!;
    const heads = list.reduce((sum, { name }) => sum + xattrEntrySizeBytes(name.length), 0);
    if (heads > blockSizeBytes - XATTR_HEADER.sizeBytes) return Infinity;
    const total = heads + list.reduce((sum, { value }) => sum + value.length, 0);
    if (total > IBODY_SIZE_BYTES - 8) count += countSharedBlocks(countUsers[set]!);
    if (total > IBODY_SIZE_BYTES + blockSizeBytes) count += Math.ceil(total / blockSizeBytes);
  }
  return count;
}
