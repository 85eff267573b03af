/**
 * The extent tree: a header, then entries; leaves map file blocks to image blocks.
 *
 * The root lies in `i_block` (4 entries), every other node fills a block and ends in a checksum.
 * Source: kernel Documentation/filesystems/ext4/ifork.rst.
 * @module
 */

import { struct, u16, u32 } from "../struct.ts";

/** `eh_magic`. */
export const EXTENT_MAGIC = 0xf30a;
/** Entries that fit into `i_block`. */
export const EXTENTS_IN_INODE = 4;
/** Most blocks of one extent; a larger `ee_len` is this plus the length, and reads as zeros. */
export const EXTENT_MAX_BLOCKS = 32_768;
/** Deepest tree that is allowed. */
export const EXTENT_MAX_DEPTH = 5;

export const EXTENT_HEADER = struct("ext4_extent_header", 12, {
  eh_magic: u16(0x0),
  eh_entries: u16(0x2),
  eh_max: u16(0x4),
  /** 0: the entries are extents; else they point to nodes of one less. */
  eh_depth: u16(0x6),
  eh_generation: u32(0x8),
});

/** A leaf entry. */
export const EXTENT = struct("ext4_extent", 12, {
  /** First file block. */
  ee_block: u32(0x0),
  ee_len: u16(0x4),
  ee_start_hi: u16(0x6),
  ee_start_lo: u32(0x8),
});

/** An entry of an inner node. */
export const EXTENT_INDEX = struct("ext4_extent_idx", 12, {
  /** First file block below this entry. */
  ei_block: u32(0x0),
  ei_leaf_lo: u32(0x4),
  ei_leaf_hi: u16(0x8),
  ei_unused: u16(0xa),
});

/** Behind the last possible entry of a node that fills a block. */
export const EXTENT_TAIL = struct("ext4_extent_tail", 4, {
  et_checksum: u32(0x0),
});

/** Entries that fit into a block. */
export function extentsInBlock(blockSizeBytes: number): number {
  return Math.floor(
    (blockSizeBytes - EXTENT_HEADER.sizeBytes - EXTENT_TAIL.sizeBytes) / EXTENT.sizeBytes,
  );
}
