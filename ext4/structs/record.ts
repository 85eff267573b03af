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

/**
 * `r_flags`: which times of the source the image holds, and whether it is a layer, so that the
 * header goes on with {@linkcode RECORD_BASE}.
 */
export const RECORD_FLAGS = { all_times: 0x1, base: 0x2 } as const;

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

/**
 * What follows those fields in the header of a layer: the image below it.
 * `docs/decisions/stacks.md` says why these fields bind it.
 */
export const RECORD_BASE = struct("icecore_record_base", 320, {
  /** `s_uuid` of the base. */
  rb_uuid: bytes(0x0, 16),
  /** The last 32 bytes of the base's own record: SHA-256 of its header and table. */
  rb_digest: bytes(0x10, 32),
  /** Images below this one: 1 where the base is a full image. */
  rb_depth: u32(0x30),
  rb_name_length: u16(0x34),
  rb_reserved: bytes(0x36, 10),
  /** The file name that the base had, without folders; any bytes but `/` and NUL. */
  rb_name: bytes(0x40, 255),
});

/** The raw fields of a header. */
export type RecordHeader = RawOf<typeof RECORD_HEADER>;
