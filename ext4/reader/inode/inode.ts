/**
 * One inode, verified.
 * @module
 */

import { inodeChecksum, inodeChecksumOfWords, inodeSeed } from "../../checksums.ts";
import type { BlockNumber, InodeNumber } from "../../numbers.ts";
import {
  I_BLOCK_SIZE_BYTES,
  INODE,
  INODE_FLAGS,
  OLD_INODE_SIZE_BYTES,
} from "../../structs/inode.ts";
import { S_IFDIR, S_IFMT, S_IFREG } from "../../tree.ts";
import { badChecksum, corrupt } from "../corrupt.ts";
import { type Geometry, hasIncompat } from "../layout/geometry.ts";
import { u16At, u32At } from "../little_endian.ts";
import { requireConsistentFlags } from "./inode_flags.ts";

const STRUCTURE = "ext4_inode";
const AT = INODE.offsets;

/** An inode: the fields that the reader always needs; the rest is decoded when asked for. */
export class Inode {
  /**
   * @param block,start where the inode's bytes lie; they keep a part of the cache alive
   * @param sizeOnDiskBytes 128 or more
   * @param mode type and permission bits; 0 in an inode that was never used
   * @param countLinks 0 in an inode that is not used
   * @param xattrBlock the block with attributes, or 0
   * @param extraSizeBytes of fields past the first 128; attributes follow
   * @param seed first value of the checksums of everything that belongs to the inode
   */
  constructor(
    readonly number: InodeNumber,
    readonly block: Uint8Array,
    readonly start: number,
    readonly sizeOnDiskBytes: number,
    readonly mode: number,
    readonly sizeBytes: number,
    readonly countLinks: number,
    readonly flags: number,
    readonly generation: number,
    readonly xattrBlock: BlockNumber | 0,
    readonly extraSizeBytes: number,
    readonly seed: number,
  ) {}

  /** A view of all bytes of the inode. */
  get bytes(): Uint8Array {
    return this.block.subarray(this.start, this.start + this.sizeOnDiskBytes);
  }

  /** The same with bytes of its own, to be kept for long. */
  detached(): Inode {
    return new Inode(
      this.number,
      this.bytes.slice(),
      0,
      this.sizeOnDiskBytes,
      this.mode,
      this.sizeBytes,
      this.countLinks,
      this.flags,
      this.generation,
      this.xattrBlock,
      this.extraSizeBytes,
      this.seed,
    );
  }
}

/**
 * Reads the inode at `start`, used or not.
 * @param words the same block as words, where somebody has them: its checksum is made faster then
 * @throws CorruptImageError when checksum or sizes are wrong, or flags contradict each other
 */
export function parseInode(
  geometry: Geometry,
  number: InodeNumber,
  block: Uint8Array,
  start: number,
  words?: Int32Array,
): Inode {
  const sizeOnDisk = geometry.inodeSizeBytes;
  const mode = u16At(block, start + AT.i_mode);
  const generation = u32At(block, start + AT.i_generation);
  const extra = sizeOnDisk > OLD_INODE_SIZE_BYTES ? u16At(block, start + AT.i_extra_isize) : 0;
  const seed = geometry.metadataChecksums ? inodeSeed(geometry.seed, number, generation) : 0;
  if (geometry.metadataChecksums) verify(number, seed, block, start, sizeOnDisk, extra, words);
  if (extra % 4 !== 0 || extra > sizeOnDisk - OLD_INODE_SIZE_BYTES) {
    throw corrupt("inode-extra-size", STRUCTURE, "i_extra_isize does not fit", {
      inode: number,
      i_extra_isize: extra,
    });
  }
  const countLinks = u16At(block, start + AT.i_links_count);
  const flags = u32At(block, start + AT.i_flags);
  if (countLinks > 0) requireConsistentFlags(geometry, number, mode, flags);
  const xattrHigh = geometry.wide ? u16At(block, start + AT.l_i_file_acl_high) : 0;
  const xattrBlock = xattrHigh * 0x1_0000_0000 + u32At(block, start + AT.i_file_acl_lo);
  return new Inode(
    number,
    block,
    start,
    sizeOnDisk,
    mode,
    sizeOf(geometry, number, mode, block, start),
    countLinks,
    flags,
    generation,
    xattrBlock as BlockNumber | 0,
    extra,
    seed,
  );
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
  const at = inode.start + AT.i_block;
  return inode.block.subarray(at, at + I_BLOCK_SIZE_BYTES);
}

/** Whether contents lie within the inode. */
export function isInline(geometry: Geometry, inode: Inode): boolean {
  return hasFlag(inode, "inline_data") && hasIncompat(geometry, "inline_data");
}

function verify(
  number: InodeNumber,
  seed: number,
  block: Uint8Array,
  start: number,
  sizeOnDisk: number,
  extra: number,
  words: Int32Array | undefined,
): void {
  const wide = sizeOnDisk > OLD_INODE_SIZE_BYTES && extra >= 4;
  const stored = u16At(block, start + AT.l_i_checksum_lo) +
    (wide ? u16At(block, start + AT.i_checksum_hi) * 0x10000 : 0);
  const whole = words === undefined
    ? inodeChecksum(seed, block, start, sizeOnDisk)
    : inodeChecksumOfWords(seed, words, start / 4, sizeOnDisk);
  const computed = wide ? whole : whole & 0xffff;
  if (stored !== computed) {
    throw badChecksum("inode-checksum", STRUCTURE, stored, computed, { inode: number });
  }
}

/** Only files have the high half, and folders of images with `large_dir`. */
function sizeOf(
  geometry: Geometry,
  number: InodeNumber,
  mode: number,
  block: Uint8Array,
  start: number,
): number {
  const type = mode & S_IFMT;
  const low = u32At(block, start + AT.i_size_lo);
  const wide = type === S_IFREG || (type === S_IFDIR && hasIncompat(geometry, "large_dir"));
  if (!wide) return low;
  const high = u32At(block, start + AT.i_size_high);
  const size = high * 0x1_0000_0000 + low;
  if (size > geometry.blockSizeBytes * 0xffff_ffff) {
    throw corrupt("inode-size", STRUCTURE, "i_size is larger than any file can be", {
      inode: number,
      i_size: BigInt(high) << 32n | BigInt(low),
    });
  }
  return size;
}
