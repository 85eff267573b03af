/**
 * Directory blocks: entries back to back, the last of which reaches to a tail with a checksum.
 *
 * Source: kernel Documentation/filesystems/ext4/directory.rst.
 * @module
 */

import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from "../tree.ts";
import { struct, u16, u32, u8 } from "../struct.ts";

/** The head of an entry; the name follows, padded so that the next entry begins at a multiple of 4. */
export const DIR_ENTRY = struct("ext4_dir_entry_2", 8, {
  /** 0: unused. */
  inode: u32(0x0),
  rec_len: u16(0x4),
  name_len: u8(0x6),
  file_type: u8(0x7),
});

/** The last 12 bytes of a block with `metadata_csum`; looks like an unused entry. */
export const DIR_ENTRY_TAIL = struct("ext4_dir_entry_tail", 12, {
  det_reserved_zero1: u32(0x0),
  det_rec_len: u16(0x4),
  det_reserved_zero2: u8(0x6),
  det_reserved_ft: u8(0x7),
  det_checksum: u32(0x8),
});

/** `det_reserved_ft`. */
export const DIR_TAIL_FILE_TYPE = 0xde;

/** `file_type` of an entry. */
export const FILE_TYPE = {
  unknown: 0,
  regular: 1,
  directory: 2,
  character: 3,
  block: 4,
  fifo: 5,
  socket: 6,
  symlink: 7,
} as const;

/** Bytes an entry with a name of this length takes. */
export function dirEntrySizeBytes(nameLengthBytes: number): number {
  return (DIR_ENTRY.sizeBytes + nameLengthBytes + 3) & ~3;
}

/** The `file_type` that belongs to an `i_mode`; `unknown` for type bits that mean nothing. */
export function fileTypeOfMode(mode: number): number {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FILE_TYPE.regular;
    case S_IFDIR:
      return FILE_TYPE.directory;
    case S_IFLNK:
      return FILE_TYPE.symlink;
    case S_IFCHR:
      return FILE_TYPE.character;
    case S_IFBLK:
      return FILE_TYPE.block;
    case S_IFIFO:
      return FILE_TYPE.fifo;
    case S_IFSOCK:
      return FILE_TYPE.socket;
    default:
      return FILE_TYPE.unknown;
  }
}
