/**
 * Checks the group descriptors and their copies, and claims the file system's own blocks.
 * @module
 */

import type { BlockNumber, GroupNumber } from "../numbers.ts";
import { corrupt, hex } from "../reader/corrupt.ts";
import { descriptorCopies } from "../reader/layout/descriptor_copies.ts";
import {
  decodeGroupDescriptor,
  type GroupInfo,
  parseGroupDescriptor,
} from "../reader/layout/group_descriptor.ts";
import {
  countDescriptorBlocks,
  countHeadBlocks,
  descriptorBlock,
  descriptorsPerBlock,
  firstBlockOfGroup,
} from "../reader/layout/group_layout.ts";
import { isZero } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock } from "../reader/volume.ts";
import { GROUP_BLOCK_UNINIT, GROUP_INODE_UNINIT } from "../structs/group_descriptor.ts";
import type { CheckState } from "./check_state.ts";

const STRUCTURE = "ext4_group_desc";

/** Compares the copies of all blocks of descriptors with the first ones. */
export function* checkDescriptorCopies(state: CheckState): Reading<void> {
  const { volume, findings } = state;
  const { geometry } = volume;
  const perBlock = descriptorsPerBlock(geometry);
  for (let index = 0; index < countDescriptorBlocks(geometry); index++) {
    const firstGroup = index * perBlock as GroupNumber;
    const primary = yield* loadBlock(volume, descriptorBlock(geometry, firstGroup));
    checkSlack(state, index, descriptorBlock(geometry, firstGroup), primary);
    for (const block of descriptorCopies(geometry, index)) {
      const copy = yield* loadBlock(volume, block);
      yield* findings.attempt(checkCopy(state, index, block, copy, primary));
    }
  }
}

/** What the flags of a descriptor say has to be possible, and needs a checksum to be believed. */
export function checkDescriptorFlags(
  { findings, volume: { geometry } }: CheckState,
  info: GroupInfo,
) {
  const { group, flags, countUnusedInodes, countFreeInodes } = info;
  const fields = { group, bg_flags: hex(flags), bg_itable_unused: countUnusedInodes };
  if (!geometry.metadataChecksums && !geometry.groupChecksums) {
    const isEmptied = (flags & (GROUP_BLOCK_UNINIT | GROUP_INODE_UNINIT)) !== 0;
    if (!isEmptied && countUnusedInodes === 0) return;
    const why = "it leaves out a bitmap or inodes, and the image has no uninit_bg";
    findings.report("group-flags", STRUCTURE, why, fields);
    return;
  }
  if (group === geometry.countGroups - 1 && (flags & GROUP_BLOCK_UNINIT) !== 0) {
    findings.report("group-flags", STRUCTURE, "the last group leaves out its bitmap", fields);
  }
  if (countUnusedInodes > countFreeInodes) {
    const why = "more inodes were never used than are free";
    findings.report("group-counts", STRUCTURE, why, fields);
  }
}

/** Claims superblocks, descriptors, bitmaps and inode tables. */
export function claimSystemBlocks(state: CheckState, info: GroupInfo): void {
  const { geometry } = state.volume;
  const { group } = info;
  const parts: readonly (readonly [what: string, block: number, countBlocks: number])[] = [
    ["head", firstBlockOfGroup(geometry, group), countHeadBlocks(geometry, group)],
    ["bg_block_bitmap", info.blockBitmap, 1],
    ["bg_inode_bitmap", info.inodeBitmap, 1],
    ["bg_inode_table", info.inodeTable, geometry.inodeTableBlocks],
  ];
  for (const [what, block, countBlocks] of parts) {
    if (countBlocks === 0) continue;
    const taken = state.used.claim(block, countBlocks);
    // With bigalloc, several of these share a cluster, which looks like an overlap.
    if (taken === undefined || geometry.blocksPerCluster > 1) continue;
    state.findings.report("block-twice", STRUCTURE, `${what} overlaps something else`, {
      group,
      block: taken,
    });
  }
}

// deno-lint-ignore require-yield
function* checkCopy(
  state: CheckState,
  index: number,
  block: BlockNumber,
  copy: Uint8Array,
  primary: Uint8Array,
): Reading<void> {
  const { geometry } = state.volume;
  // The first ones are verified elsewhere; most copies are just like them.
  const offset = copy.findIndex((byte, i) => byte !== primary[i]);
  if (offset < 0) return;
  // genext2fs leaves the copies out, which nothing minds.
  if (!geometry.metadataChecksums && isZero(copy)) return;
  const perBlock = descriptorsPerBlock(geometry);
  const size = geometry.descriptorSizeBytes;
  // Under uninit_bg nobody keeps the checksums of copies.
  const parse = geometry.metadataChecksums ? parseGroupDescriptor : decodeGroupDescriptor;
  for (let k = 0; k < perBlock; k++) {
    const group = index * perBlock + k as GroupNumber;
    if (group >= geometry.countGroups) break;
    const ours = parse(geometry, group, copy, k * size);
    const first = parseGroupDescriptor(geometry, group, primary, k * size);
    const isSame = ours.blockBitmap === first.blockBitmap &&
      ours.inodeBitmap === first.inodeBitmap && ours.inodeTable === first.inodeTable;
    if (isSame) continue;
    throw corrupt("group-copy", STRUCTURE, "a copy differs from the first", { group, block });
  }
  if (!state.isExact) return;
  throw corrupt("group-copy", STRUCTURE, "a copy differs from the first", { block, offset });
}

function checkSlack(state: CheckState, index: number, block: number, bytes: Uint8Array): void {
  const { geometry } = state.volume;
  const left = geometry.countGroups - index * descriptorsPerBlock(geometry);
  const end = Math.min(bytes.length, left * geometry.descriptorSizeBytes);
  if (!state.isExact || isZero(bytes, end)) return;
  state.findings.report("slack", STRUCTURE, "the bytes behind the last one are not zero", {
    block,
  });
}
