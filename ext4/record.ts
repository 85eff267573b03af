/**
 * What writer and reader of a record have in common.
 * @module
 */

import { crc32c, crc32cU32 } from "./crc32c.ts";
import { INODE } from "./structs/inode.ts";
import { RECORD_BASE, RECORD_DIGEST_BYTES, RECORD_HEADER } from "./structs/record.ts";

/** The image below a layer, as the layer's record names it. */
export interface RecordBase {
  /** The file name that it had, without folders: 1 to 255 bytes, neither `/` nor NUL. */
  readonly name: Uint8Array;
  /** Its UUID, 16 bytes. */
  readonly uuid: Uint8Array;
  /** The last 32 bytes of its record: SHA-256 of the record's header and table. */
  readonly digest: Uint8Array;
  /** Images below the layer: 1 where the base is a full image. */
  readonly depth: number;
}

/** Bytes of the whole record of an image whose highest inode number is `countInodes`. */
export function recordSizeBytes(countInodes: number, isLayer: boolean): number {
  return recordHeaderSizeBytes(isLayer) + digestsSizeBytes(countInodes);
}

/** Bytes of the record's header, of a full image or of a layer. */
export function recordHeaderSizeBytes(isLayer: boolean): number {
  return RECORD_HEADER.sizeBytes + (isLayer ? RECORD_BASE.sizeBytes : 0);
}

/** Bytes behind the header: a digest an inode, and the digest of header and table. */
export function digestsSizeBytes(countInodes: number): number {
  return (countInodes + 1) * RECORD_DIGEST_BYTES;
}

/** Zeros that are hashed whatever the data; beyond, no more of them than there is data. */
const HASHED_HOLES_BYTES = 16 * 2 ** 20;

/**
 * Whether a file's digest covers its data and where it lies, instead of all its bytes.
 *
 * It does where the holes add up to more than the data and 16 MiB: nobody wants to hash a terabyte
 * of zeros. Both numbers follow from the image alone.
 * @param sizeBytes of the file
 * @param dataBytes of it in blocks that are mapped and written, cut at the file's end
 */
export function hasLongHoles(sizeBytes: number, dataBytes: number): boolean {
  return sizeBytes - dataBytes > dataBytes + HASHED_HOLES_BYTES;
}

const O = INODE.offsets;

/**
 * Adds an inode to the checksum by which a record is bound to the inodes it was made for: type and
 * mode, size, and all times to the nanosecond. Whoever writes to a file, replaces it, or gives
 * inodes other numbers changes it; moving blocks, or giving the image another UUID, does not.
 * @param checksum of the inodes before; `CRC32C_SEED` for number 1
 * @param table holds the inode at `at`: at least 160 bytes
 */
export function addToInodesChecksum(checksum: number, table: Uint8Array, at: number): number {
  const front = crc32c(checksum, table, at, at + O.i_gid);
  const size = crc32c(front, table, at + O.i_size_high, at + O.i_size_high + 4);
  return crc32c(size, table, at + O.i_ctime_extra, at + O.i_crtime);
}

/** The same of an inode that lies at word `at`. */
export function addWordsToInodesChecksum(checksum: number, table: Int32Array, at: number): number {
  let crc = checksum;
  for (let i = at; i < at + O.i_gid / 4; i++) crc = crc32cU32(crc, table[i]!);
  crc = crc32cU32(crc, table[at + O.i_size_high / 4]!);
  for (let i = at + O.i_ctime_extra / 4; i < at + O.i_crtime / 4; i++) {
    crc = crc32cU32(crc, table[i]!);
  }
  return crc;
}
