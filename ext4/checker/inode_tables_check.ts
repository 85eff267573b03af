/**
 * Goes through the inode tables of all groups, and compares them with the inode bitmaps.
 * @module
 */

import { bitmapChecksum } from "../checksums.ts";
import { CorruptImageError } from "../image_errors.ts";
import type { BlockNumber, InodeNumber } from "../numbers.ts";
import { badChecksum } from "../reader/corrupt.ts";
import { type Inode, isType, parseInode } from "../reader/inode/inode.ts";
import { type InodeBlock, wordsOf } from "../reader/inode/inode_table.ts";
import type { GroupInfo } from "../reader/layout/group_descriptor.ts";
import { isZero } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock } from "../reader/volume.ts";
import { GROUP_INODE_UNINIT } from "../structs/group_descriptor.ts";
import { S_IFDIR } from "../tree.ts";
import type { CheckState } from "./check_state.ts";
import { checkInode } from "./inode_check.ts";

const BITMAP = "inode bitmap";
/** Inodes between two pauses. */
const PAUSE_INODES = 1024;

/** Checks all inodes of a group. Returns the number of its inodes that are free. */
export function* checkInodeTable(state: CheckState, info: GroupInfo): Reading<number> {
  const { volume, findings } = state;
  const { geometry } = volume;
  const { inodesPerGroup } = geometry;
  const hasUnused = geometry.metadataChecksums || geometry.groupChecksums;
  const isEmpty = hasUnused && (info.flags & GROUP_INODE_UNINIT) !== 0;
  const countScanned = inodesPerGroup - (hasUnused ? info.countUnusedInodes : 0);
  const bitmap = isEmpty ? undefined : yield* findings.attempt(loadInodeBitmap(state, info));
  const expected = new Uint8Array(inodesPerGroup / 8);
  const scan = new TableScan(state, info, expected);
  yield* scan.run(isEmpty ? 0 : Math.max(countScanned, 0));
  if (bitmap !== undefined) compare(state, info, bitmap, expected);
  const countUsed = countBits(expected);
  const countFree = inodesPerGroup - countUsed;
  if (info.countFreeInodes !== countFree || info.countFolders !== scan.countFolders) {
    findings.report(
      "group-counts",
      "ext4_group_desc",
      "the counts of inodes or folders are wrong",
      {
        group: info.group,
        bg_free_inodes_count: info.countFreeInodes,
        countFree,
        bg_used_dirs_count: info.countFolders,
        countFolders: scan.countFolders,
      },
    );
  }
  return countFree;
}

class TableScan {
  countFolders = 0;

  constructor(
    private readonly state: CheckState,
    private readonly info: GroupInfo,
    private readonly expected: Uint8Array,
  ) {}

  *run(countScanned: number): Reading<void> {
    const { volume, isExact, pause } = this.state;
    const { inodeTableBlocks, blockSizeBytes, inodeSizeBytes } = volume.geometry;
    const perBlock = blockSizeBytes / inodeSizeBytes;
    for (let i = 0; i < inodeTableBlocks; i++) {
      const first = i * perBlock;
      if (first >= countScanned && !isExact) return;
      const block = yield* loadBlock(volume, this.info.inodeTable + i as BlockNumber);
      if (first % PAUSE_INODES < perBlock) {
        const wait = pause();
        if (wait !== undefined) yield wait;
      }
      const both = { bytes: block, words: wordsOf(block) };
      for (let k = 0; k < perBlock; k++) {
        const at = k * inodeSizeBytes;
        if (first + k < countScanned) {
          const inode = this.#inode(first + k, both, at);
          if (inode !== undefined) yield* this.#check(first + k, inode);
        } else if (isExact && !isZero(block, at, at + inodeSizeBytes)) this.#notZero(first + k);
      }
    }
  }

  /** @returns `undefined` where there is nothing more to check: it is not in use, or broken */
  #inode(index: number, { bytes, words }: InodeBlock, at: number): Inode | undefined {
    const { geometry } = this.state.volume;
    const number = this.#number(index);
    const isReserved = number < geometry.firstInode;
    if (isReserved) this.#markUsed(index);
    if (isZero(bytes, at, at + geometry.inodeSizeBytes)) return undefined;
    try {
      const inode = parseInode(geometry, number, bytes, at, words);
      if (inode.countLinks === 0 && !isReserved) {
        if (this.state.isExact) this.#notZero(index);
        return undefined;
      }
      this.#markUsed(index);
      if (isType(inode, S_IFDIR)) this.countFolders++;
      return inode;
    } catch (error) {
      this.#addBroken(index, error);
      return undefined;
    }
  }

  *#check(index: number, inode: Inode): Reading<void> {
    try {
      yield* checkInode(this.state, inode);
    } catch (error) {
      this.#addBroken(index, error);
    }
  }

  #addBroken(index: number, error: unknown): void {
    if (!(error instanceof CorruptImageError)) throw error;
    this.#markUsed(index);
    this.state.findings.add(error);
  }

  #number(index: number): InodeNumber {
    return this.info.group * this.state.volume.geometry.inodesPerGroup + index + 1 as InodeNumber;
  }

  #markUsed(index: number): void {
    this.expected[index >>> 3]! |= 1 << (index & 7);
  }

  #notZero(index: number): void {
    const inode = this.#number(index);
    this.state.findings.report("slack", "ext4_inode", "an inode not in use is not zero", { inode });
  }
}

function* loadInodeBitmap(state: CheckState, info: GroupInfo): Reading<Uint8Array> {
  const { geometry } = state.volume;
  const bitmap = yield* loadBlock(state.volume, info.inodeBitmap);
  if (geometry.metadataChecksums) {
    const whole = bitmapChecksum(geometry.seed, bitmap, geometry.inodesPerGroup / 8);
    const computed = geometry.descriptorSizeBytes >= 64 ? whole : whole & 0xffff;
    const stored = info.inodeBitmapChecksum;
    if (stored !== computed) {
      throw badChecksum("bitmap-checksum", BITMAP, stored, computed, {
        group: info.group,
        block: info.inodeBitmap,
      });
    }
  }
  return bitmap;
}

function compare(
  state: CheckState,
  info: GroupInfo,
  bitmap: Uint8Array,
  expected: Uint8Array,
): void {
  const fields = { group: info.group, block: info.inodeBitmap };
  for (let at = 0; at < expected.length; at++) {
    if (bitmap[at] === expected[at]) continue;
    const inode = info.group * expected.length * 8 + at * 8 + 1;
    const why = "it does not fit the inodes in use, about inode";
    state.findings.report("bitmap", BITMAP, why, { ...fields, inode });
    return;
  }
  // e2fsprogs sets these bits, and so does icecore; nothing else depends on them.
  for (let at = expected.length; at < bitmap.length; at++) {
    if (bitmap[at] === 0xff) continue;
    state.findings.report(
      "bitmap-padding",
      BITMAP,
      "the bits behind the last inode are not set",
      fields,
    );
    return;
  }
}

/** Bits that are set. */
export function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
