/**
 * One inode, verified.
 * @module
 */

import { inodeChecksum, inodeSeed } from "../checksums.ts";
import type { BlockNumber, InodeNumber } from "../numbers.ts";
import { I_BLOCK_SIZE_BYTES, INODE, INODE_FLAGS, OLD_INODE_SIZE_BYTES } from "../structs/inode.ts";
import { S_IFDIR, S_IFMT, S_IFREG } from "../tree.ts";
import { badChecksum, corrupt } from "./corrupt.ts";
import { type Geometry, hasIncompat } from "./geometry.ts";
import { u16At, u32At } from "./little_endian.ts";

const STRUCTURE = "ext4_inode";
const AT = INODE.offsets;

/** What the reader needs of an inode; the rest is decoded from `bytes` when asked for. */
export interface Inode {
  readonly number: InodeNumber;
  /** A view of all bytes of the inode; short-lived, as it keeps a chunk of the cache alive. */
  readonly bytes: Uint8Array;
  /** Type and permission bits; 0 in an inode that was never used. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** 0 in an inode that is not used. */
  readonly countLinks: number;
  readonly flags: number;
  readonly generation: number;
  /** The block with attributes, or 0. */
  readonly xattrBlock: BlockNumber | 0;
  /** Bytes of fields past the first 128; attributes follow. */
  readonly extraSizeBytes: number;
  /** First value of the checksums of everything that belongs to the inode. */
  readonly seed: number;
}

/**
 * Reads the inode at `start`, used or not.
 * @throws CorruptImageError when checksum or sizes are wrong
 */
export function parseInode(
  geometry: Geometry,
  number: InodeNumber,
  block: Uint8Array,
  start: number,
): Inode {
  const sizeOnDisk = geometry.inodeSizeBytes;
  const bytes = block.subarray(start, start + sizeOnDisk);
  const mode = u16At(bytes, AT.i_mode);
  const generation = u32At(bytes, AT.i_generation);
  const extraSizeBytes = sizeOnDisk > OLD_INODE_SIZE_BYTES ? u16At(bytes, AT.i_extra_isize) : 0;
  const seed = geometry.metadataChecksums ? inodeSeed(geometry.seed, number, generation) : 0;
  if (geometry.metadataChecksums) verify(number, seed, bytes, extraSizeBytes);
  if (extraSizeBytes % 4 !== 0 || extraSizeBytes > sizeOnDisk - OLD_INODE_SIZE_BYTES) {
    throw corrupt("inode-extra-size", STRUCTURE, "i_extra_isize does not fit", {
      inode: number,
      i_extra_isize: extraSizeBytes,
    });
  }
  const xattrHigh = hasIncompat(geometry, "64bit") ? u16At(bytes, AT.l_i_file_acl_high) : 0;
  return {
    number,
    bytes,
    mode,
    sizeBytes: sizeOf(geometry, number, mode, bytes),
    countLinks: u16At(bytes, AT.i_links_count),
    flags: u32At(bytes, AT.i_flags),
    generation,
    xattrBlock: xattrHigh * 0x1_0000_0000 + u32At(bytes, AT.i_file_acl_lo) as BlockNumber | 0,
    extraSizeBytes,
    seed,
  };
}

/** Whether `i_flags` has a flag. */
export function hasFlag(inode: Inode, flag: keyof typeof INODE_FLAGS): boolean {
  return (inode.flags & INODE_FLAGS[flag]) !== 0;
}

/** Whether the inode is of a type, e.g. `S_IFDIR`. */
export function isType(inode: Inode, type: number): boolean {
  return (inode.mode & S_IFMT) === type;
}

/** The 60 bytes of `i_block`, a view. */
export function blockField(inode: Inode): Uint8Array {
  return inode.bytes.subarray(AT.i_block, AT.i_block + I_BLOCK_SIZE_BYTES);
}

/** Whether contents lie within the inode. */
export function isInline(geometry: Geometry, inode: Inode): boolean {
  return hasFlag(inode, "inline_data") && hasIncompat(geometry, "inline_data");
}

function verify(number: InodeNumber, seed: number, bytes: Uint8Array, extra: number): void {
  const wide = bytes.length > OLD_INODE_SIZE_BYTES && extra >= 4;
  const stored = u16At(bytes, AT.l_i_checksum_lo) +
    (wide ? u16At(bytes, AT.i_checksum_hi) * 0x10000 : 0);
  const whole = inodeChecksum(seed, bytes, 0, bytes.length);
  const computed = wide ? whole : whole & 0xffff;
  if (stored !== computed) {
    throw badChecksum("inode-checksum", STRUCTURE, stored, computed, { inode: number });
  }
}

/** Only files have the high half, and folders of images with `large_dir`. */
function sizeOf(geometry: Geometry, number: InodeNumber, mode: number, bytes: Uint8Array): number {
  const type = mode & S_IFMT;
  const low = u32At(bytes, AT.i_size_lo);
  const wide = type === S_IFREG || (type === S_IFDIR && hasIncompat(geometry, "large_dir"));
  if (!wide) return low;
  const size = u32At(bytes, AT.i_size_high) * 0x1_0000_0000 + low;
  if (size > geometry.blockSizeBytes * 0xffff_ffff) {
    throw corrupt("inode-size", STRUCTURE, "i_size is larger than any file can be", {
      inode: number,
      i_size: size,
    });
  }
  return size;
}
