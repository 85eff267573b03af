/**
 * The record: digests of the files' contents, kept in inode 5, which no folder names.
 *
 * A header, then one digest for each inode from number 1 on, then a digest of header and table.
 * icecore's own; ext4 reserves the inode for a boot loader's data (kernel
 * Documentation/filesystems/ext4/special_inodes.rst) and leaves what is in it alone.
 * `docs/native.md` describes it for those who read it without icecore.
 * @module
 */

import { bytes, type RawOf, struct, u16, u32 } from "../struct.ts";

/** `r_magic`: "icecore" and a NUL. */
export const RECORD_MAGIC = new TextEncoder().encode("icecore\0");

/** `r_version` that is written; a reader leaves records of other versions alone. */
export const RECORD_VERSION = 1;

/** `r_algorithm`. */
export const RECORD_ALGORITHM = { sha256: 1 } as const;

/** `r_flags`: which times of the source the image holds. */
export const RECORD_FLAGS = { all_times: 0x1 } as const;

/** Bytes of one digest, and of the digest behind the table. */
export const RECORD_DIGEST_BYTES = 32;

export const RECORD_HEADER = struct("icecore_record_header", 64, {
  r_magic: bytes(0x0, 8),
  r_version: u16(0x8),
  r_algorithm: u16(0xa),
  /** Bytes before the table, of which `r_checksum` covers all; at least those of this struct. */
  r_header_size: u32(0xc),
  /** Digests in the table: the highest inode number in use when the image was made. */
  r_inodes_count: u32(0x10),
  r_flags: u32(0x14),
  /** `s_wtime` of the superblock: another value there means that the image was written to since. */
  r_wtime: u32(0x18),
  r_wtime_hi: u32(0x1c),
  /** CRC-32C of what every inode said of its file when the image was made. */
  r_inodes_checksum: u32(0x20),
  r_reserved: bytes(0x24, 24),
  /** CRC-32C of the header, with zeros in this field. */
  r_checksum: u32(0x3c),
});

/** The raw fields of a header. */
export type RecordHeader = RawOf<typeof RECORD_HEADER>;
