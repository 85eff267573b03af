/**
 * What each `metadata_csum` checksum covers; one function a structure, for writer and checker.
 *
 * Every chain begins with the image's seed ({@link imageSeed}), so that a block of another image
 * is never taken for one of this.
 * Source: kernel Documentation/filesystems/ext4/checksums.rst.
 * @module
 */

import { crc32c, CRC32C_SEED, crc32cU32, crc32cWords } from "./crc32c.ts";
import { type BlockNumber, highHalf, type InodeNumber, lowHalf } from "./numbers.ts";
import { DIR_ENTRY_TAIL } from "./structs/directory.ts";
import { GROUP_DESCRIPTOR } from "./structs/group_descriptor.ts";
import { DX_ENTRY, DX_TAIL } from "./structs/htree.ts";
import { INODE } from "./structs/inode.ts";
import { SUPERBLOCK } from "./structs/superblock.ts";
import { XATTR_HEADER } from "./structs/xattr.ts";

/** Stands for the two or four bytes of a checksum itself. */
const ZEROS = new Uint8Array(4);

/** The seed of all chains but the superblock's, where `metadata_csum_seed` is not set. */
export function imageSeed(uuid: Uint8Array): number {
  return crc32c(CRC32C_SEED, uuid);
}

/** `s_checksum` of 1,024 bytes. */
export function superblockChecksum(superblock: Uint8Array): number {
  return crc32c(CRC32C_SEED, superblock, 0, SUPERBLOCK.offsets.s_checksum);
}

/** `bg_checksum` of the descriptor at `start`, of 32 or 64 bytes; 16 bits. */
export function groupChecksum(
  seed: number,
  group: number,
  bytes: Uint8Array,
  start: number,
  sizeBytes: number,
): number {
  const at = start + GROUP_DESCRIPTOR.offsets.bg_checksum;
  let crc = crc32c(crc32cU32(seed, group), bytes, start, at);
  crc = crc32c(crc, ZEROS, 0, 2);
  return crc32c(crc, bytes, at + 2, start + sizeBytes) & 0xffff;
}

/** Checksum of a bitmap's first `sizeBytes`: inodes a group / 8, or blocks a group / 8. */
export function bitmapChecksum(seed: number, bitmap: Uint8Array, sizeBytes: number): number {
  return crc32c(seed, bitmap, 0, sizeBytes);
}

/** The seed of everything that belongs to one inode: its directory and extent blocks. */
export function inodeSeed(seed: number, inode: InodeNumber, generation: number): number {
  return crc32cU32(crc32cU32(seed, inode), generation);
}

/**
 * The inode's checksum, low half `l_i_checksum_lo`, high half `i_checksum_hi`.
 * @param seed of the inode, see {@link inodeSeed}
 */
export function inodeChecksum(
  seed: number,
  bytes: Uint8Array,
  start: number,
  sizeBytes: number,
): number {
  const { l_i_checksum_lo, l_i_reserved, i_extra_isize, i_checksum_hi, i_ctime_extra } =
    INODE.offsets;
  let crc = crc32c(seed, bytes, start, start + l_i_checksum_lo);
  crc = crc32c(crc, ZEROS, 0, 2);
  if (sizeBytes <= i_extra_isize) {
    return crc32c(crc, bytes, start + l_i_reserved, start + sizeBytes);
  }
  crc = crc32c(crc, bytes, start + l_i_reserved, start + i_checksum_hi);
  const extraIsize = bytes[start + i_extra_isize]! | (bytes[start + i_extra_isize + 1]! << 8);
  if (extraIsize < 4) return crc32c(crc, bytes, start + i_checksum_hi, start + sizeBytes);
  crc = crc32c(crc, ZEROS, 0, 2);
  return crc32c(crc, bytes, start + i_ctime_extra, start + sizeBytes);
}

/** Words of an inode that hold a checksum: its low half, and its high half behind `i_extra_isize`. */
const LOW_WORD = INODE.offsets.l_i_checksum_lo / 4;
const HIGH_WORD = INODE.offsets.i_extra_isize / 4;

/**
 * The same of an inode that lies at word `at`: for tables of many, no view an inode is made.
 * @param sizeBytes a power of 2, 128 or more
 */
export function inodeChecksumOfWords(
  seed: number,
  words: Int32Array,
  at: number,
  sizeBytes: number,
): number {
  const low = at + LOW_WORD;
  let crc = crc32cWords(seed, words, at, low - 3);
  for (let i = low - 3; i < low; i++) crc = crc32cU32(crc, words[i]!);
  crc = crc32cU32(crc, words[low]! & ~0xffff);
  const high = at + HIGH_WORD;
  const end = at + sizeBytes / 4;
  if (high >= end) return crc;
  const hasHighHalf = (words[high]! & 0xffff) >= 4;
  crc = crc32cU32(crc, hasHighHalf ? words[high]! & 0xffff : words[high]!);
  for (let i = high + 1; i < high + 4; i++) crc = crc32cU32(crc, words[i]!);
  return crc32cWords(crc, words, high + 4, end);
}

/** `det_checksum` of the directory block (not an index block) `bytes[start, end)`. */
export function directoryChecksum(
  seed: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  return crc32c(seed, bytes, start, end - DIR_ENTRY_TAIL.sizeBytes);
}

/**
 * `dt_checksum` of the index block at `start`.
 * @param entriesOffset where its index entries begin: 32 in the root, 8 in an inner node
 * @param limit,count of its `dx_countlimit`
 */
export function indexChecksum(
  seed: number,
  bytes: Uint8Array,
  start: number,
  entriesOffset: number,
  limit: number,
  count: number,
): number {
  const entries = start + entriesOffset;
  const tail = entries + limit * DX_ENTRY.sizeBytes;
  let crc = crc32c(seed, bytes, start, entries + count * DX_ENTRY.sizeBytes);
  crc = crc32c(crc, bytes, tail, tail + DX_TAIL.offsets.dt_checksum);
  return crc32c(crc, ZEROS);
}

/** `et_checksum` of the extent block at `start`, whose tail lies at `tail`. */
export function extentBlockChecksum(
  seed: number,
  bytes: Uint8Array,
  start: number,
  tail: number,
): number {
  return crc32c(seed, bytes, start, tail);
}

/** `h_checksum` of the attribute block `bytes[start, end)` that lies at `block` of the image. */
export function xattrBlockChecksum(
  seed: number,
  block: BlockNumber,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const at = start + XATTR_HEADER.offsets.h_checksum;
  let crc = crc32cU32(crc32cU32(seed, lowHalf(block)), highHalf(block));
  crc = crc32c(crc, bytes, start, at);
  crc = crc32c(crc, ZEROS);
  return crc32c(crc, bytes, at + 4, end);
}
