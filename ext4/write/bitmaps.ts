/**
 * The bitmaps of blocks and inodes in use, and their checksums.
 *
 * Bits behind a bitmap's last block or inode are set, as mke2fs sets them.
 * @module
 */

import { bitmapChecksum } from "../checksums.ts";
import type { Geometry } from "../plan/groups.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { CHUNK_SIZE_BYTES } from "./chunk.ts";
import type { Run } from "./run.ts";

/** All block bitmaps, then all inode bitmaps. */
export function* bitmapRuns(plan: ImagePlan): Generator<Run> {
  const { geometry, blockSizeBytes } = plan;
  const chunk = new Uint8Array(CHUNK_SIZE_BYTES);
  const total = 2 * geometry.countGroups;
  let used = 0;
  for (let item = 0; item < total; item++) {
    const bitmap = chunk.subarray(used, used + blockSizeBytes);
    if (item < geometry.countGroups) fillBlockBitmap(bitmap, geometry, item);
    else fillInodeBitmap(bitmap, geometry, usedInodes(plan, item - geometry.countGroups));
    used += blockSizeBytes;
    if (used === chunk.length || item === total - 1) {
      yield { kind: "bytes", bytes: chunk.subarray(0, used) };
      used = 0;
    }
  }
}

/** Inodes of a group that are in use; they are the first of its table. */
export function usedInodes(plan: ImagePlan, group: number): number {
  const { inodesPerGroup } = plan.geometry;
  return Math.min(Math.max(plan.countInodes - group * inodesPerGroup, 0), inodesPerGroup);
}

/** Free blocks of a group. */
export function freeBlocks(geometry: Geometry, group: number): number {
  let count = 0;
  forEachFree(geometry, group, () => count++);
  return count;
}

/** The checksums of all bitmaps; most of them are equal and computed once. */
export function bitmapChecksums(plan: ImagePlan): {
  readonly blocksOf: (group: number) => number;
  readonly inodesOf: (group: number) => number;
} {
  const { geometry, seed } = plan;
  const scratch = new Uint8Array(plan.blockSizeBytes);
  const inodes = new Map<number, number>();
  const blockChecksum = (group: number) => {
    fillBlockBitmap(scratch, geometry, group);
    return bitmapChecksum(seed, scratch, geometry.blocksPerGroup / 8);
  };
  const full = bitmapChecksum(seed, scratch.fill(0xff), geometry.blocksPerGroup / 8);
  return {
    blocksOf: (group) => geometry.free.length === 0 ? full : blockChecksum(group),
    inodesOf(group) {
      const used = usedInodes(plan, group);
      let checksum = inodes.get(used);
      if (checksum === undefined) {
        fillInodeBitmap(scratch, geometry, used);
        checksum = bitmapChecksum(seed, scratch, geometry.inodesPerGroup / 8);
        inodes.set(used, checksum);
      }
      return checksum;
    },
  };
}

function fillBlockBitmap(bitmap: Uint8Array, geometry: Geometry, group: number): void {
  bitmap.fill(0xff);
  forEachFree(geometry, group, (bit) => {
    bitmap[bit >>> 3]! &= ~(1 << (bit & 7));
  });
}

function fillInodeBitmap(bitmap: Uint8Array, geometry: Geometry, countUsed: number): void {
  const wholeBytes = countUsed >>> 3;
  bitmap.fill(0xff, 0, wholeBytes);
  bitmap.fill(0, wholeBytes, geometry.inodesPerGroup / 8);
  bitmap.fill(0xff, geometry.inodesPerGroup / 8);
  if ((countUsed & 7) !== 0) bitmap[wholeBytes] = (1 << (countUsed & 7)) - 1;
}

/** Visits the free blocks of a group, counted from its start. */
function forEachFree(geometry: Geometry, group: number, visit: (bit: number) => void): void {
  const start = geometry.firstDataBlock + group * geometry.blocksPerGroup;
  for (const { firstBlock, countBlocks } of geometry.free) {
    const first = Math.max(firstBlock - start, 0);
    const end = Math.min(firstBlock + countBlocks - start, geometry.blocksPerGroup);
    for (let bit = first; bit < end; bit++) visit(bit);
  }
}
