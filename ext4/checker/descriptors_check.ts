/**
 * Checks the group descriptors and their copies, and claims the file system's own blocks.
 * @module
 */

import type { BlockNumber, GroupNumber } from "../numbers.ts";
import { corrupt } from "../reader/corrupt.ts";
import { descriptorCopies } from "../reader/descriptor_copies.ts";
import { hasIncompat } from "../reader/geometry.ts";
import {
  decodeGroupDescriptor,
  type GroupInfo,
  parseGroupDescriptor,
} from "../reader/group_descriptor.ts";
import {
  countDescriptorBlocks,
  countHeadBlocks,
  descriptorBlock,
  descriptorsPerBlock,
  firstBlockOfGroup,
} from "../reader/group_layout.ts";
import { isZero } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock } from "../reader/volume.ts";
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

/** Claims the block by which hosts agree on who has the image mounted, where there is one. */
export function claimMmpBlock({ used, volume: { geometry } }: CheckState): void {
  if (hasIncompat(geometry, "mmp")) used.claim(Number(geometry.raw.s_mmp_block), 1);
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
    // With bigalloc, several of these share a cluster, which cannot be told from an overlap.
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
