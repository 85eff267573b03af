/**
 * The table of group descriptors; every copy of it is the same.
 * @module
 */

import { groupChecksum } from "../checksums.ts";
import { FIRST_INODE, highHalf, lowHalf } from "../numbers.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { blockOfItem } from "../plan/segments.ts";
import { GROUP_DESCRIPTOR, GROUP_INODE_ZEROED } from "../structs/group_descriptor.ts";
import { hasType, S_IFDIR } from "../tree.ts";
import { bitmapChecksums, freeBlocks, usedInodes } from "./bitmaps.ts";

/** The table, filled up with zeros to whole blocks. */
export function encodeDescriptors(plan: ImagePlan): Uint8Array {
  const { geometry, blockSizeBytes, seed } = plan;
  const { countGroups, inodesPerGroup } = geometry;
  const size = GROUP_DESCRIPTOR.sizeBytes;
  const checksums = bitmapChecksums(plan);
  const countFolders = foldersByGroup(plan);
  const table = new Uint8Array(geometry.countDescriptorBlocks * blockSizeBytes);

  for (let group = 0; group < countGroups; group++) {
    const at = group * size;
    const blockBitmap = blockOfItem(geometry.bitmaps, group);
    const inodeBitmap = blockOfItem(geometry.bitmaps, countGroups + group);
    const inodeTable = blockOfItem(geometry.tables, group * geometry.tableBlocksPerGroup);
    const countFreeInodes = inodesPerGroup - usedInodes(plan, group);
    const blockChecksum = checksums.blocksOf(group);
    const inodeChecksum = checksums.inodesOf(group);
    GROUP_DESCRIPTOR.encodeInto(table, at, {
      bg_block_bitmap_lo: lowHalf(blockBitmap),
      bg_block_bitmap_hi: highHalf(blockBitmap),
      bg_inode_bitmap_lo: lowHalf(inodeBitmap),
      bg_inode_bitmap_hi: highHalf(inodeBitmap),
      bg_inode_table_lo: lowHalf(inodeTable),
      bg_inode_table_hi: highHalf(inodeTable),
      bg_free_blocks_count_lo: freeBlocks(geometry, group),
      bg_free_inodes_count_lo: countFreeInodes,
      bg_used_dirs_count_lo: countFolders[group]!,
      bg_itable_unused_lo: countFreeInodes,
      bg_flags: GROUP_INODE_ZEROED,
      bg_block_bitmap_csum_lo: blockChecksum & 0xffff,
      bg_block_bitmap_csum_hi: blockChecksum >>> 16,
      bg_inode_bitmap_csum_lo: inodeChecksum & 0xffff,
      bg_inode_bitmap_csum_hi: inodeChecksum >>> 16,
    });
    GROUP_DESCRIPTOR.encodeInto(table, at, {
      bg_checksum: groupChecksum(seed, group, table, at, size),
    });
  }
  return table;
}

function foldersByGroup(plan: ImagePlan): Uint32Array {
  const { tree, inventory } = plan;
  const { countGroups, inodesPerGroup } = plan.geometry;
  const count = new Uint32Array(countGroups);
  if (inventory.addsLostAndFound) count[Math.floor((FIRST_INODE - 1) / inodesPerGroup)]!++;
  for (let inode = 0; inode < tree.countInodes; inode++) {
    const number = inventory.numberOf[inode]!;
    if (number === 0 || !hasType(tree, inode, S_IFDIR)) continue;
    count[Math.floor((number - 1) / inodesPerGroup)]!++;
  }
  return count;
}
