/**
 * One node of an extent tree, verified.
 *
 * Source: kernel fs/ext4/extents.c `__ext4_ext_check`.
 * @module
 */

import { extentBlockChecksum } from "../../checksums.ts";
import type { BlockNumber, FileBlock } from "../../numbers.ts";
import {
  EXTENT,
  EXTENT_HEADER,
  EXTENT_INDEX,
  EXTENT_MAGIC,
  EXTENT_MAX_BLOCKS,
  EXTENT_MAX_DEPTH,
  EXTENT_TAIL,
  EXTENTS_IN_INODE,
  extentsInBlock,
} from "../../structs/extent.ts";
import { badChecksum, corrupt } from "../corrupt.ts";
import { INODE } from "../../structs/inode.ts";
import type { Inode } from "../inode/inode.ts";
import { u16At, u32At } from "../little_endian.ts";
import { requireFileBlocks, type Volume } from "../volume.ts";

/** A verified node; entries are read from `bytes` by the functions below. */
export interface ExtentNode {
  readonly bytes: Uint8Array;
  /** Where it begins in them. */
  readonly at: number;
  readonly countEntries: number;
  /** 0: a leaf. */
  readonly depth: number;
  /** The file blocks it is responsible for: `[low, high)`. */
  readonly low: FileBlock;
  readonly high: FileBlock;
}

/** One past the last file block there can be. */
export const END_OF_FILE_BLOCKS = 0xffff_ffff as FileBlock;

/** The root, which lies in the inode. */
export function extentRoot(volume: Volume, inode: Inode): ExtentNode {
  const { block } = inode;
  const at = inode.start + INODE.offsets.i_block;
  const depth = u16At(block, at + EXTENT_HEADER.offsets.eh_depth);
  return verifyNode(
    volume,
    inode,
    block,
    at,
    EXTENTS_IN_INODE,
    depth,
    0 as FileBlock,
    END_OF_FILE_BLOCKS,
  );
}

/**
 * A node that fills a block.
 * @param parent the node that points to it
 * @param index the entry of the parent that points to it
 */
export function extentChild(
  volume: Volume,
  inode: Inode,
  parent: ExtentNode,
  index: number,
  bytes: Uint8Array,
): ExtentNode {
  const block = childBlock(parent, index);
  if (volume.geometry.metadataChecksums) verifyChecksum(inode, block, bytes);
  const max = extentsInBlock(bytes.length);
  const [low, high] = childRange(parent, index);
  return verifyNode(volume, inode, bytes, 0, max, parent.depth - 1, low, high);
}

/** First file block of an entry, in leaves and inner nodes alike. */
export function entryStart(node: ExtentNode, index: number): FileBlock {
  return u32At(node.bytes, entryAt(node, index)) as FileBlock;
}

/** Blocks of a leaf entry. */
export function extentLength(node: ExtentNode, index: number): number {
  const length = u16At(node.bytes, entryAt(node, index) + EXTENT.offsets.ee_len);
  return length > EXTENT_MAX_BLOCKS ? length - EXTENT_MAX_BLOCKS : length;
}

/** Whether a leaf entry is preallocated only, and reads as zeros. */
export function isUnwritten(node: ExtentNode, index: number): boolean {
  return u16At(node.bytes, entryAt(node, index) + EXTENT.offsets.ee_len) > EXTENT_MAX_BLOCKS;
}

/** First image block of a leaf entry. */
export function extentBlock(node: ExtentNode, index: number): BlockNumber {
  const at = entryAt(node, index);
  return u16At(node.bytes, at + EXTENT.offsets.ee_start_hi) * 0x1_0000_0000 +
    u32At(node.bytes, at + EXTENT.offsets.ee_start_lo) as BlockNumber;
}

/** The block of the node that an entry of an inner node points to. */
export function childBlock(node: ExtentNode, index: number): BlockNumber {
  const at = entryAt(node, index);
  return u16At(node.bytes, at + EXTENT_INDEX.offsets.ei_leaf_hi) * 0x1_0000_0000 +
    u32At(node.bytes, at + EXTENT_INDEX.offsets.ei_leaf_lo) as BlockNumber;
}

/** The file blocks below an entry of an inner node. */
export function childRange(node: ExtentNode, index: number): [low: FileBlock, high: FileBlock] {
  const next = index + 1;
  return [
    entryStart(node, index),
    next < node.countEntries ? entryStart(node, next) : node.high,
  ];
}

/** The last entry that begins at or before a file block, or -1. */
export function findEntry(node: ExtentNode, fileBlock: FileBlock): number {
  let low = 0, high = node.countEntries;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entryStart(node, middle) <= fileBlock) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where an entry begins: leaves and inner nodes have entries of one size. */
function entryAt(node: ExtentNode, index: number): number {
  return node.at + EXTENT_HEADER.sizeBytes + EXTENT.sizeBytes * index;
}

function verifyNode(
  volume: Volume,
  inode: Inode,
  bytes: Uint8Array,
  at: number,
  capacity: number,
  depth: number,
  low: FileBlock,
  high: FileBlock,
): ExtentNode {
  const eh_magic = u16At(bytes, at + EXTENT_HEADER.offsets.eh_magic);
  const eh_entries = u16At(bytes, at + EXTENT_HEADER.offsets.eh_entries);
  const eh_max = u16At(bytes, at + EXTENT_HEADER.offsets.eh_max);
  const eh_depth = u16At(bytes, at + EXTENT_HEADER.offsets.eh_depth);
  const bad = (why: string, fields = {}) =>
    corrupt("extent-header", "ext4_extent_header", why, { inode: inode.number, ...fields });
  if (eh_magic !== EXTENT_MAGIC) throw bad("eh_magic is wrong", { eh_magic });
  if (eh_depth !== depth || depth > EXTENT_MAX_DEPTH) throw bad("eh_depth is wrong", { eh_depth });
  if (eh_max > capacity || eh_entries > eh_max) {
    throw bad("it claims more entries than fit", { eh_entries, eh_max, capacity });
  }
  if (depth > 0 && eh_entries === 0) throw bad("an inner node has no entries");
  const node: ExtentNode = { bytes, at, countEntries: eh_entries, depth, low, high };
  if (depth === 0) verifyExtents(volume, inode, node);
  else verifyIndex(volume, inode, node);
  return node;
}

function verifyExtents(volume: Volume, inode: Inode, node: ExtentNode): void {
  let free: number = node.low;
  for (let i = 0; i < node.countEntries; i++) {
    const start = entryStart(node, i);
    const length = extentLength(node, i);
    if (start < free || length === 0 || start + length > node.high) {
      throw corrupt("extent-order", "ext4_extent", "its file blocks overlap or are out of order", {
        inode: inode.number,
        ee_block: start,
        ee_len: length,
        expected: `${free} to ${node.high}`,
      });
    }
    requireFileBlocks(volume, extentBlock(node, i), length, "ext4_extent", inode.number);
    free = start + length;
  }
}

function verifyIndex(volume: Volume, inode: Inode, node: ExtentNode): void {
  let free: number = node.low;
  for (let i = 0; i < node.countEntries; i++) {
    const start = entryStart(node, i);
    if (start < free || start >= node.high) {
      throw corrupt("extent-order", "ext4_extent_idx", "its file blocks are out of order", {
        inode: inode.number,
        ei_block: start,
        expected: `${free} to ${node.high}`,
      });
    }
    requireFileBlocks(volume, childBlock(node, i), 1, "ext4_extent_idx", inode.number);
    free = start + 1;
  }
}

function verifyChecksum(inode: Inode, block: number, bytes: Uint8Array): void {
  const max = u16At(bytes, EXTENT_HEADER.offsets.eh_max);
  const tail = EXTENT_HEADER.sizeBytes + EXTENT.sizeBytes * max;
  if (tail + EXTENT_TAIL.sizeBytes > bytes.length) {
    throw corrupt("extent-header", "ext4_extent_header", "eh_max is larger than the block", {
      inode: inode.number,
      block,
      eh_max: max,
    });
  }
  const stored = u32At(bytes, tail);
  const computed = extentBlockChecksum(inode.seed, bytes, 0, tail);
  if (stored !== computed) {
    throw badChecksum("extent-checksum", "ext4_extent_tail", stored, computed, {
      inode: inode.number,
      block,
    });
  }
}
