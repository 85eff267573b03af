/**
 * Where the copies of superblock and group descriptors lie.
 * @module
 */

import type { BlockNumber, GroupNumber } from "../../numbers.ts";
import type { Geometry } from "./geometry.ts";
import {
  countLeadingDescriptorBlocks,
  descriptorsPerBlock,
  firstBlockOfGroup,
  groupHasSuperblock,
  holderDescriptorBlock,
} from "./group_layout.ts";

/** The groups other than 0 that begin with a copy of the superblock. */
export function* groupsWithCopies(geometry: Geometry): Generator<GroupNumber> {
  for (let group = 1; group < geometry.countGroups; group++) {
    if (groupHasSuperblock(geometry, group as GroupNumber)) yield group as GroupNumber;
  }
}

/** The blocks that hold copies of a block of descriptors. */
export function* descriptorCopies(geometry: Geometry, index: number): Generator<BlockNumber> {
  const perBlock = descriptorsPerBlock(geometry);
  const leading = countLeadingDescriptorBlocks(geometry);
  if (index >= leading) {
    for (const within of [1, perBlock - 1]) {
      const group = index * perBlock + within as GroupNumber;
      if (group < geometry.countGroups) yield holderDescriptorBlock(geometry, group);
    }
    return;
  }
  for (const group of groupsWithCopies(geometry)) {
    // With meta_bg, only the groups before the spread ones hold the leading blocks.
    if (leading * perBlock < geometry.countGroups && group >= leading * perBlock) return;
    yield firstBlockOfGroup(geometry, group) + 1 + index as BlockNumber;
  }
}
