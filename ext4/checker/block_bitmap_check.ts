/**
 * Compares the block bitmaps with the blocks that have an owner.
 * @module
 */

import { bitmapChecksum } from "../checksums.ts";
import { badChecksum } from "../reader/corrupt.ts";
import type { GroupInfo } from "../reader/layout/group_descriptor.ts";
import { countBlocksOfGroup } from "../reader/layout/group_layout.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock } from "../reader/volume.ts";
import { GROUP_BLOCK_UNINIT } from "../structs/group_descriptor.ts";
import type { CheckState } from "./check_state.ts";
import { countBits } from "./inode_tables_check.ts";

const BITMAP = "block bitmap";

/** Checks the bitmap of a group. Returns the number of its clusters that are free. */
export function* checkBlockBitmap(state: CheckState, info: GroupInfo): Reading<number> {
  const { volume, findings, used } = state;
  const { geometry } = volume;
  const sizeBytes = geometry.blocksPerGroup / geometry.blocksPerCluster / 8;
  const owned = used.take(info.group) ?? new Uint8Array(Math.ceil(sizeBytes));
  const countClusters = Math.ceil(
    countBlocksOfGroup(geometry, info.group) / geometry.blocksPerCluster,
  );
  const countFree = countClusters - countBits(owned);
  if (countFree !== info.countFreeClusters) {
    findings.report("group-counts", "ext4_group_desc", "the count of free blocks is wrong", {
      group: info.group,
      bg_free_blocks_count: info.countFreeClusters,
      countFree,
    });
  }
  const hasFlags = geometry.metadataChecksums || geometry.groupChecksums;
  if (hasFlags && (info.flags & GROUP_BLOCK_UNINIT) !== 0) return countFree;
  const bitmap = yield* loadBlock(volume, info.blockBitmap);
  if (geometry.metadataChecksums) {
    const whole = bitmapChecksum(geometry.seed, bitmap, Math.floor(sizeBytes));
    const computed = geometry.descriptorSizeBytes >= 64 ? whole : whole & 0xffff;
    const stored = info.blockBitmapChecksum;
    if (stored !== computed) {
      const fields = { group: info.group, block: info.blockBitmap };
      findings.add(badChecksum("bitmap-checksum", BITMAP, stored, computed, fields));
    }
  }
  compare(state, info, bitmap, owned, countClusters);
  return countFree;
}

function compare(
  { findings, volume: { geometry } }: CheckState,
  info: GroupInfo,
  bitmap: Uint8Array,
  owned: Uint8Array,
  countClusters: number,
): void {
  const fields = { group: info.group, block: info.blockBitmap };
  for (let at = 0; at < bitmap.length; at++) {
    const start = 8 * at;
    const valid = Math.min(Math.max(countClusters - start, 0), 8);
    const padding = (0xff << valid) & 0xff;
    const expected = (at < owned.length ? owned[at]! : 0) | padding;
    if (bitmap[at] === expected) continue;
    if (((bitmap[at]! ^ expected) & ~padding) === 0) {
      findings.report(
        "bitmap-padding",
        BITMAP,
        "the bits behind the last block are not set",
        fields,
      );
    } else {
      const cluster = info.group * (geometry.blocksPerGroup / geometry.blocksPerCluster) + start;
      findings.report("bitmap", BITMAP, "it does not fit the blocks in use", {
        ...fields,
        aboutBlock: geometry.firstDataBlock + cluster * geometry.blocksPerCluster,
      });
    }
    return;
  }
}
