/**
 * One group descriptor, verified: where a group's bitmaps and inode table lie, and what is free.
 * @module
 */

import { groupChecksum } from "../../checksums.ts";
import { crc16, CRC16_SEED } from "../../crc16.ts";
import { type BlockNumber, type GroupNumber, joinHiLo } from "../../numbers.ts";
import {
  GROUP_DESCRIPTOR,
  GROUP_DESCRIPTOR_32,
  type RawGroupDescriptor,
} from "../../structs/group_descriptor.ts";
import { badChecksum, corrupt } from "../corrupt.ts";
import type { Geometry } from "./geometry.ts";

const STRUCTURE = "ext4_group_desc";

/** A validated descriptor. */
export interface GroupInfo {
  readonly group: GroupNumber;
  readonly blockBitmap: BlockNumber;
  readonly inodeBitmap: BlockNumber;
  readonly inodeTable: BlockNumber;
  /** In clusters. */
  readonly countFreeClusters: number;
  readonly countFreeInodes: number;
  readonly countFolders: number;
  /** Inodes at the end of the table that were never used. */
  readonly countUnusedInodes: number;
  readonly flags: number;
  /** 16 bits in small descriptors. */
  readonly blockBitmapChecksum: number;
  readonly inodeBitmapChecksum: number;
}

/**
 * Reads the descriptor at `start`.
 * @throws CorruptImageError when checksum or ranges are wrong
 */
export function parseGroupDescriptor(
  geometry: Geometry,
  group: GroupNumber,
  bytes: Uint8Array,
  start: number,
): GroupInfo {
  verify(geometry, group, bytes, start);
  return decodeGroupDescriptor(geometry, group, bytes, start);
}

/** The same of one whose checksum need not fit. @throws CorruptImageError when ranges are wrong */
export function decodeGroupDescriptor(
  geometry: Geometry,
  group: GroupNumber,
  bytes: Uint8Array,
  start: number,
): GroupInfo {
  const size = geometry.descriptorSizeBytes;
  const raw: RawGroupDescriptor = size >= GROUP_DESCRIPTOR.sizeBytes
    ? GROUP_DESCRIPTOR.decode(bytes, start)
    : { ...NO_HIGH_HALF, ...GROUP_DESCRIPTOR_32.decode(bytes, start) };
  const blockAt = (field: string, high: number, low: number, countBlocks: number) => {
    const block = high < 0x10000 ? joinHiLo(high, low) : Infinity;
    if (block <= geometry.firstDataBlock || block + countBlocks > geometry.countBlocks) {
      throw corrupt("group-range", STRUCTURE, `${field} is out of range`, { group, block });
    }
    return block as BlockNumber;
  };
  return {
    group,
    blockBitmap: blockAt("bg_block_bitmap", raw.bg_block_bitmap_hi, raw.bg_block_bitmap_lo, 1),
    inodeBitmap: blockAt("bg_inode_bitmap", raw.bg_inode_bitmap_hi, raw.bg_inode_bitmap_lo, 1),
    inodeTable: blockAt(
      "bg_inode_table",
      raw.bg_inode_table_hi,
      raw.bg_inode_table_lo,
      geometry.inodeTableBlocks,
    ),
    countFreeClusters: raw.bg_free_blocks_count_hi * 0x10000 + raw.bg_free_blocks_count_lo,
    countFreeInodes: raw.bg_free_inodes_count_hi * 0x10000 + raw.bg_free_inodes_count_lo,
    countFolders: raw.bg_used_dirs_count_hi * 0x10000 + raw.bg_used_dirs_count_lo,
    countUnusedInodes: raw.bg_itable_unused_hi * 0x10000 + raw.bg_itable_unused_lo,
    flags: raw.bg_flags,
    blockBitmapChecksum: raw.bg_block_bitmap_csum_hi * 0x10000 + raw.bg_block_bitmap_csum_lo,
    inodeBitmapChecksum: raw.bg_inode_bitmap_csum_hi * 0x10000 + raw.bg_inode_bitmap_csum_lo,
  };
}

const NO_HIGH_HALF = GROUP_DESCRIPTOR.decode(new Uint8Array(GROUP_DESCRIPTOR.sizeBytes));

function verify(
  geometry: Geometry,
  group: GroupNumber,
  bytes: Uint8Array,
  start: number,
): void {
  const at = start + GROUP_DESCRIPTOR.offsets.bg_checksum;
  const stored = bytes[at]! | (bytes[at + 1]! << 8);
  const computed = checksumOf(geometry, group, bytes, start);
  if (computed !== undefined && stored !== computed) {
    throw badChecksum("group-checksum", STRUCTURE, stored, computed, { group });
  }
}

/** The `bg_checksum` of a descriptor; `undefined` where the image has none. */
function checksumOf(
  geometry: Geometry,
  group: GroupNumber,
  bytes: Uint8Array,
  start: number,
): number | undefined {
  const size = geometry.descriptorSizeBytes;
  if (geometry.metadataChecksums) return groupChecksum(geometry.seed, group, bytes, start, size);
  if (!geometry.groupChecksums) return undefined;
  const at = start + GROUP_DESCRIPTOR.offsets.bg_checksum;
  const number = Uint8Array.of(group, group >>> 8, group >>> 16, group >>> 24);
  const head = crc16(crc16(CRC16_SEED, geometry.raw.s_uuid), number);
  return crc16(crc16(head, bytes, start, at), bytes, at + 2, start + size);
}

/**
 * Writes a descriptor that says no more than where the inode table is; that is all that reading
 * takes. The bitmaps are said to be there as well: nobody reads them.
 */
export function writeBareDescriptor(
  geometry: Geometry,
  group: GroupNumber,
  bytes: Uint8Array,
  start: number,
  inodeTable: BlockNumber,
): void {
  const size = geometry.descriptorSizeBytes;
  bytes.fill(0, start, start + size);
  const low = inodeTable >>> 0;
  GROUP_DESCRIPTOR_32.encodeInto(bytes, start, {
    bg_block_bitmap_lo: low,
    bg_inode_bitmap_lo: low,
    bg_inode_table_lo: low,
  });
  if (size >= GROUP_DESCRIPTOR.sizeBytes) {
    const high = Math.floor(inodeTable / 0x1_0000_0000);
    GROUP_DESCRIPTOR.encodeInto(bytes, start, {
      bg_block_bitmap_hi: high,
      bg_inode_bitmap_hi: high,
      bg_inode_table_hi: high,
    });
  }
  const bg_checksum = checksumOf(geometry, group, bytes, start);
  if (bg_checksum !== undefined) GROUP_DESCRIPTOR_32.encodeInto(bytes, start, { bg_checksum });
}
