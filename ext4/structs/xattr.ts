/**
 * Extended attributes: entries growing up, values growing down, in the inode or in one block.
 *
 * Source: kernel Documentation/filesystems/ext4/attributes.rst.
 * @module
 */

import { type RawOf, struct, u16, u32, u8 } from "../struct.ts";

/** `h_magic` of both headers. */
export const XATTR_MAGIC = 0xea02_0000;
/** Most inodes that may share one block. */
export const XATTR_REFCOUNT_MAX = 1024;

/** Head of the attributes within an inode, right behind `i_extra_isize`. */
export const XATTR_IBODY_HEADER = struct("ext4_xattr_ibody_header", 4, {
  h_magic: u32(0x0),
});

/** Head of a block of attributes. */
export const XATTR_HEADER = struct("ext4_xattr_header", 32, {
  h_magic: u32(0x0),
  /** Inodes that share the block. */
  h_refcount: u32(0x4),
  /** Always 1. */
  h_blocks: u32(0x8),
  /** Of all entries; 0: do not share. */
  h_hash: u32(0xc),
  h_checksum: u32(0x10),
});

/** One attribute; its name without prefix follows, padded to a multiple of 4. */
export const XATTR_ENTRY = struct("ext4_xattr_entry", 16, {
  e_name_len: u8(0x0),
  /** Stands for the prefix. */
  e_name_index: u8(0x1),
  /** From the start of the block, or from the first entry within an inode. */
  e_value_offs: u16(0x2),
  /** The inode that holds the value, or 0. */
  e_value_inum: u32(0x4),
  e_value_size: u32(0x8),
  e_hash: u32(0xc),
});

export type RawXattrHeader = RawOf<typeof XATTR_HEADER>;

/** Bytes an entry with a name of this length (without prefix) takes. */
export function xattrEntrySizeBytes(nameLengthBytes: number): number {
  return (XATTR_ENTRY.sizeBytes + nameLengthBytes + 3) & ~3;
}
