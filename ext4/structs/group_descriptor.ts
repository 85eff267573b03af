/**
 * `ext4_group_desc`: where a group's bitmaps and inode table lie; 64 bytes with `64bit`, else 32.
 *
 * Source: kernel Documentation/filesystems/ext4/group_descr.rst.
 * @module
 */

import { type RawOf, struct, u16, u32 } from "../struct.ts";

/** `bg_flags`: the inode table and bitmap hold nothing and need not be read. */
export const GROUP_INODE_UNINIT = 0x1;
/** `bg_flags`: the block bitmap holds nothing but the group's own metadata. */
export const GROUP_BLOCK_UNINIT = 0x2;
/** `bg_flags`: the unused part of the inode table is zeros. */
export const GROUP_INODE_ZEROED = 0x4;

const LOW_HALF = {
  bg_block_bitmap_lo: u32(0x0),
  bg_inode_bitmap_lo: u32(0x4),
  bg_inode_table_lo: u32(0x8),
  bg_free_blocks_count_lo: u16(0xc),
  bg_free_inodes_count_lo: u16(0xe),
  bg_used_dirs_count_lo: u16(0x10),
  bg_flags: u16(0x12),
  bg_exclude_bitmap_lo: u32(0x14),
  bg_block_bitmap_csum_lo: u16(0x18),
  bg_inode_bitmap_csum_lo: u16(0x1a),
  /** Inodes at the end of the table that were never used. */
  bg_itable_unused_lo: u16(0x1c),
  /** Low 16 bits of a CRC-32C over group number and descriptor. */
  bg_checksum: u16(0x1e),
} as const;

/** The form without `64bit`. */
export const GROUP_DESCRIPTOR_32 = struct("ext4_group_desc", 32, LOW_HALF);

/** The form with `64bit`. */
export const GROUP_DESCRIPTOR = struct("ext4_group_desc", 64, {
  ...LOW_HALF,
  bg_block_bitmap_hi: u32(0x20),
  bg_inode_bitmap_hi: u32(0x24),
  bg_inode_table_hi: u32(0x28),
  bg_free_blocks_count_hi: u16(0x2c),
  bg_free_inodes_count_hi: u16(0x2e),
  bg_used_dirs_count_hi: u16(0x30),
  bg_itable_unused_hi: u16(0x32),
  bg_exclude_bitmap_hi: u32(0x34),
  bg_block_bitmap_csum_hi: u16(0x38),
  bg_inode_bitmap_csum_hi: u16(0x3a),
  bg_reserved: u32(0x3c),
});

/** A group descriptor as it lies on disk. */
export type RawGroupDescriptor = RawOf<typeof GROUP_DESCRIPTOR>;
