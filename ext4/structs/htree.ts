/**
 * The index of a large folder (htree): blocks that point to leaves by hash of the name.
 *
 * To a reader that knows no index, the root holds `.` and `..`, and an inner node one unused entry.
 * The first index entry's hash is implied to be 0; `limit` and `count` lie in its place.
 * Source: kernel Documentation/filesystems/ext4/directory.rst "Hash Tree Directories".
 * @module
 */

import { bytes, struct, u16, u32, u8 } from "../struct.ts";

/** Head of the root block (file block 0), up to the index entries. */
export const DX_ROOT = struct("dx_root", 32, {
  dot_inode: u32(0x0),
  dot_rec_len: u16(0x4),
  dot_name_len: u8(0x6),
  dot_file_type: u8(0x7),
  dot_name: bytes(0x8, 4),
  dotdot_inode: u32(0xc),
  dotdot_rec_len: u16(0x10),
  dotdot_name_len: u8(0x12),
  dotdot_file_type: u8(0x13),
  dotdot_name: bytes(0x14, 4),
  reserved_zero: u32(0x18),
  /** `dx_root_info`. */
  hash_version: u8(0x1c),
  info_length: u8(0x1d),
  /** Levels of inner nodes: 0 or 1; 2 with `large_dir`. */
  indirect_levels: u8(0x1e),
  unused_flags: u8(0x1f),
});

/** Head of an inner node, up to the index entries. */
export const DX_NODE = struct("dx_node", 8, {
  fake_inode: u32(0x0),
  fake_rec_len: u16(0x4),
  fake_name_len: u8(0x6),
  fake_file_type: u8(0x7),
});

/** In place of the first entry's hash. */
export const DX_COUNT_LIMIT = struct("dx_countlimit", 4, {
  limit: u16(0x0),
  count: u16(0x2),
});

/** One index entry. */
export const DX_ENTRY = struct("dx_entry", 8, {
  /** Lowest hash of the block; bit 0: the block before ends with the same hash. */
  hash: u32(0x0),
  /** File block. */
  block: u32(0x4),
});

/** The last 8 bytes of an index block with `metadata_csum`. */
export const DX_TAIL = struct("dx_tail", 8, {
  dt_reserved: u32(0x0),
  dt_checksum: u32(0x4),
});
