/**
 * Where groups begin, which of them hold superblock copies, and where their descriptors lie.
 *
 * Source: kernel fs/ext4/super.c `descriptor_loc`, fs/ext4/balloc.c `ext4_bg_has_super`.
 * @module
 */

import type { BlockNumber, GroupNumber } from "../../numbers.ts";
import { hasSuperblock } from "../../sparse_super.ts";
import { type Geometry, hasCompat, hasIncompat, hasRoCompat } from "./geometry.ts";

/** The first block of a group. */
export function firstBlockOfGroup(geometry: Geometry, group: GroupNumber): BlockNumber {
  return geometry.firstDataBlock + group * geometry.blocksPerGroup as BlockNumber;
}

/** Blocks of a group; the last one may be shorter. */
export function countBlocksOfGroup(geometry: Geometry, group: GroupNumber): number {
  const first = firstBlockOfGroup(geometry, group);
  return Math.min(geometry.blocksPerGroup, geometry.countBlocks - first);
}

/** Whether a group begins with a superblock or a copy of it. */
export function groupHasSuperblock(geometry: Geometry, group: GroupNumber): boolean {
  if (group === 0) return true;
  if (hasCompat(geometry, "sparse_super2")) return geometry.raw.s_backup_bgs.includes(group);
  return !hasRoCompat(geometry, "sparse_super") || hasSuperblock(group);
}

/** Descriptors that fit into a block. */
export function descriptorsPerBlock(geometry: Geometry): number {
  return geometry.blockSizeBytes / geometry.descriptorSizeBytes;
}

/** Blocks that all descriptors take. */
export function countDescriptorBlocks(geometry: Geometry): number {
  return Math.ceil(geometry.countGroups / descriptorsPerBlock(geometry));
}

/** The block that holds the superblock; block 0 holds it behind boot code with larger blocks. */
export function superblockBlock(geometry: Geometry): number {
  return geometry.blockSizeBytes === 1024 ? 1 : 0;
}

/** Descriptor blocks of the old kind, which lie in one piece; the rest is spread by `meta_bg`. */
export function countLeadingDescriptorBlocks(geometry: Geometry): number {
  return hasIncompat(geometry, "meta_bg")
    ? geometry.raw.s_first_meta_bg
    : countDescriptorBlocks(geometry);
}

/** The block with the primary descriptor of a group. */
export function descriptorBlock(geometry: Geometry, group: GroupNumber): BlockNumber {
  const perBlock = descriptorsPerBlock(geometry);
  const index = Math.floor(group / perBlock);
  if (index < countLeadingDescriptorBlocks(geometry)) {
    return superblockBlock(geometry) + 1 + index as BlockNumber;
  }
  const holder = index * perBlock as GroupNumber;
  return holderDescriptorBlock(geometry, holder);
}

/** The block with descriptors at the start of a group of a `meta_bg` image. */
export function holderDescriptorBlock(geometry: Geometry, holder: GroupNumber): BlockNumber {
  const behindSuperblock = groupHasSuperblock(geometry, holder) ? 1 : 0;
  const behindBoot = holder === 0 && geometry.blockSizeBytes === 1024 &&
      geometry.firstDataBlock === 0
    ? 1
    : 0;
  return firstBlockOfGroup(geometry, holder) + behindSuperblock + behindBoot as BlockNumber;
}

/** Blocks at the start of a group that superblock, descriptors and their reserve take. */
export function countHeadBlocks(geometry: Geometry, group: GroupNumber): number {
  const perBlock = descriptorsPerBlock(geometry);
  const leading = countLeadingDescriptorBlocks(geometry);
  const withSuperblock = groupHasSuperblock(geometry, group);
  const metaGroup = Math.floor(group / perBlock);
  const spread = hasIncompat(geometry, "meta_bg") && metaGroup >= leading;
  let blocks = withSuperblock ? 1 : 0;
  if (spread) {
    const within = group % perBlock;
    if (within === 0 || within === 1 || within === perBlock - 1) blocks += 1;
  } else if (withSuperblock) {
    blocks += leading + geometry.raw.s_reserved_gdt_blocks;
  }
  const behindBoot = group === 0 && geometry.firstDataBlock === 0;
  return behindBoot ? blocks + superblockBlock(geometry) : blocks;
}
