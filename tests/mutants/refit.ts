/**
 * Makes the checksum of a structure fit its bytes again, after they were changed with malice.
 * @module
 */

import {
  bitmapChecksum,
  directoryChecksum,
  extentBlockChecksum,
  groupChecksum,
  indexChecksum,
  inodeChecksum,
  inodeSeed,
  superblockChecksum,
  xattrBlockChecksum,
} from "../../ext4/checksums.ts";
import { crc16, CRC16_SEED } from "../../ext4/crc16.ts";
import { crc32c, CRC32C_SEED } from "../../ext4/crc32c.ts";
import type { BlockNumber, InodeNumber } from "../../ext4/numbers.ts";
import type { Geometry } from "../../ext4/reader/layout/geometry.ts";
import { DIR_ENTRY_TAIL } from "../../ext4/structs/directory.ts";
import { EXTENT_HEADER } from "../../ext4/structs/extent.ts";
import { GROUP_DESCRIPTOR } from "../../ext4/structs/group_descriptor.ts";
import { DX_NODE, DX_ROOT } from "../../ext4/structs/htree.ts";
import { INODE } from "../../ext4/structs/inode.ts";
import { JOURNAL_SUPERBLOCK } from "../../ext4/structs/journal.ts";
import { SUPERBLOCK } from "../../ext4/structs/superblock.ts";
import { XATTR_HEADER } from "../../ext4/structs/xattr.ts";

/** Changes the bytes of one structure so that its checksum fits. */
export type Refit = (bytes: Uint8Array) => void;

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const ZEROS = new Uint8Array(4);

export const refitSuperblock: Refit = (bytes) =>
  viewOf(bytes).setUint32(
    SUPERBLOCK.offsets.s_checksum,
    superblockChecksum(bytes),
    true,
  );

export function refitDescriptor(geometry: Geometry, group: number): Refit {
  return (bytes) => {
    const at = GROUP_DESCRIPTOR.offsets.bg_checksum;
    let checksum: number;
    if (geometry.metadataChecksums) {
      checksum = groupChecksum(geometry.seed, group, bytes, 0, bytes.length);
    } else if (geometry.groupChecksums) {
      const number = Uint8Array.of(
        group,
        group >>> 8,
        group >>> 16,
        group >>> 24,
      );
      checksum = crc16(crc16(CRC16_SEED, geometry.raw.s_uuid), number);
      checksum = crc16(
        crc16(checksum, bytes, 0, at),
        bytes,
        at + 2,
        bytes.length,
      );
    } else return;
    viewOf(bytes).setUint16(at, checksum, true);
  };
}

/** The checksum of a bitmap, which lies in the group's descriptor. */
export function refitBitmap(
  geometry: Geometry,
  bitmap: Uint8Array,
  descriptor: Uint8Array,
  low: number,
  high: number,
): void {
  const checksum = bitmapChecksum(geometry.seed, bitmap, bitmap.length);
  viewOf(descriptor).setUint16(low, checksum & 0xffff, true);
  if (descriptor.length >= 64) {
    viewOf(descriptor).setUint16(high, checksum >>> 16, true);
  }
}

export function refitInode(geometry: Geometry, number: InodeNumber): Refit {
  return (bytes) => {
    const { i_generation, l_i_checksum_lo, i_checksum_hi, i_extra_isize } =
      INODE.offsets;
    const view = viewOf(bytes);
    const seed = inodeSeed(
      geometry.seed,
      number,
      view.getUint32(i_generation, true),
    );
    const checksum = inodeChecksum(seed, bytes, 0, bytes.length);
    view.setUint16(l_i_checksum_lo, checksum & 0xffff, true);
    const isWide = bytes.length > i_extra_isize &&
      view.getUint16(i_extra_isize, true) >= 4;
    if (isWide) view.setUint16(i_checksum_hi, checksum >>> 16, true);
  };
}

export function refitDirectoryLeaf(seed: number): Refit {
  return (bytes) => {
    const at = bytes.length - DIR_ENTRY_TAIL.sizeBytes +
      DIR_ENTRY_TAIL.offsets.det_checksum;
    viewOf(bytes).setUint32(
      at,
      directoryChecksum(seed, bytes, 0, bytes.length),
      true,
    );
  };
}

export function refitIndexBlock(seed: number, isRoot: boolean): Refit {
  return (bytes) => {
    const entries = isRoot ? DX_ROOT.sizeBytes : DX_NODE.sizeBytes;
    const view = viewOf(bytes);
    const limit = view.getUint16(entries, true);
    const count = view.getUint16(entries + 2, true);
    const tail = entries + 8 * limit;
    if (tail + 8 > bytes.length || count > limit) return;
    view.setUint32(
      tail + 4,
      indexChecksum(seed, bytes, 0, entries, limit, count),
      true,
    );
  };
}

export function refitExtentBlock(seed: number): Refit {
  return (bytes) => {
    const view = viewOf(bytes);
    const tail = 12 + 12 * view.getUint16(EXTENT_HEADER.offsets.eh_max, true);
    if (tail + 4 > bytes.length) return;
    view.setUint32(tail, extentBlockChecksum(seed, bytes, 0, tail), true);
  };
}

export function refitXattrBlock(geometry: Geometry, block: BlockNumber): Refit {
  return (bytes) => {
    const checksum = xattrBlockChecksum(
      geometry.seed,
      block,
      bytes,
      0,
      bytes.length,
    );
    viewOf(bytes).setUint32(XATTR_HEADER.offsets.h_checksum, checksum, true);
  };
}

/** The last 4 bytes of 1,024, over all before them. */
export function refitMmpBlock(geometry: Geometry): Refit {
  return (bytes) =>
    viewOf(bytes).setUint32(1020, crc32c(geometry.seed, bytes, 0, 1020), true);
}

export const refitJournalSuperblock: Refit = (bytes) => {
  const at = JOURNAL_SUPERBLOCK.offsets.s_checksum;
  const head = crc32c(crc32c(CRC32C_SEED, bytes, 0, at), ZEROS);
  viewOf(bytes).setUint32(at, crc32c(head, bytes, at + 4, 1024));
};
