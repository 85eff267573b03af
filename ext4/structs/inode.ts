/**
 * `ext4_inode`: all of a file but its names and contents; 128 bytes, and more in large inodes.
 *
 * icecore writes inodes of 256 bytes: 160 of fields, then attributes ("ibody").
 * Source: kernel Documentation/filesystems/ext4/inodes.rst.
 * @module
 */

import { bytes, struct, u16, u32 } from "../struct.ts";

/** Bytes of the fields every inode has. */
export const OLD_INODE_SIZE_BYTES = 128;
/** Bytes of an inode that icecore writes. */
export const INODE_SIZE_BYTES = 256;
/** `i_extra_isize` that icecore writes: all fields known today. */
export const EXTRA_ISIZE_BYTES = 32;
/** Bytes of `i_block`; a symbolic link's target shorter than this lies in it. */
export const I_BLOCK_SIZE_BYTES = 60;
/** Most names of one inode, and most subfolders before `i_links_count` becomes 1. */
export const LINKS_MAX = 65_000;

/** `i_flags`. */
export const INODE_FLAGS = {
  index: 0x1000,
  /** Of AFS; nothing else sets it. */
  imagic: 0x2000,
  huge_file: 0x4_0000,
  extents: 0x8_0000,
  verity: 0x10_0000,
  ea_inode: 0x20_0000,
  inline_data: 0x1000_0000,
  encrypt: 0x800,
  casefold: 0x4000_0000,
} as const;

export const INODE = struct("ext4_inode", 160, {
  i_mode: u16(0x0),
  i_uid: u16(0x2),
  i_size_lo: u32(0x4),
  i_atime: u32(0x8),
  i_ctime: u32(0xc),
  i_mtime: u32(0x10),
  i_dtime: u32(0x14),
  i_gid: u16(0x18),
  i_links_count: u16(0x1a),
  /** In units of 512 bytes; of blocks with flag `huge_file`. */
  i_blocks_lo: u32(0x1c),
  i_flags: u32(0x20),
  /** `osd1`: low half of the version; of the reference count in an `ea_inode`. */
  l_i_version: u32(0x24),
  /** Extent tree, short link target, or device number. */
  i_block: bytes(0x28, I_BLOCK_SIZE_BYTES),
  i_generation: u32(0x64),
  /** Block with extended attributes, or 0. */
  i_file_acl_lo: u32(0x68),
  i_size_high: u32(0x6c),
  i_obso_faddr: u32(0x70),
  l_i_blocks_high: u16(0x74),
  l_i_file_acl_high: u16(0x76),
  l_i_uid_high: u16(0x78),
  l_i_gid_high: u16(0x7a),
  l_i_checksum_lo: u16(0x7c),
  l_i_reserved: u16(0x7e),
  /** Bytes in use past the first 128. */
  i_extra_isize: u16(0x80),
  i_checksum_hi: u16(0x82),
  /** Bits 0–1: bits 32–33 of the seconds; bits 2–31: nanoseconds. */
  i_ctime_extra: u32(0x84),
  i_mtime_extra: u32(0x88),
  i_atime_extra: u32(0x8c),
  i_crtime: u32(0x90),
  i_crtime_extra: u32(0x94),
  i_version_hi: u32(0x98),
  i_projid: u32(0x9c),
});
