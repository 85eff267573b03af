/**
 * The root of an extent tree, in an inode's `i_block`.
 * @module
 */

import { highHalf, lowHalf } from "../numbers.ts";
import { countExtentBlocks, type Extents, extentsOf } from "../plan/extents.ts";
import { extentLevels, fewestExtentsFor } from "../plan/extents.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { spanOf } from "../plan/layout.ts";
import { blockOfItem, segmentOf } from "../plan/segments.ts";
import {
  EXTENT,
  EXTENT_HEADER,
  EXTENT_INDEX,
  EXTENT_MAGIC,
  EXTENT_MAX_BLOCKS,
  EXTENTS_IN_INODE,
  extentsInBlock,
} from "../structs/extent.ts";

const HEADER = EXTENT_HEADER.offsets;
const LEAF = EXTENT.offsets;
const INDEX = EXTENT_INDEX.offsets;

/**
 * Writes a root.
 * @param holesOf row of the tree whose holes the inode has, or -1
 * @param start first item of the contents
 * @returns blocks of the tree outside the inode
 */
export type WriteExtentRoot = (
  at: number,
  number: number,
  holesOf: number,
  start: number,
  countBlocks: number,
) => number;

/** A function that writes roots into one buffer. */
export function extentRootWriter(plan: ImagePlan, view: DataView): WriteExtentRoot {
  const { tree, layout, blockSizeBytes } = plan;
  const { contents } = plan.geometry;
  const perBlock = extentsInBlock(blockSizeBytes);
  const hasHoles = tree.dataRanges.size > 0;

  return (at, number, holesOf, start, countBlocks) => {
    if (countBlocks === 0) {
      writeExtentHeader(view, at, 0, EXTENTS_IN_INODE, 0);
      return 0;
    }
    const isWhole = !hasHoles || holesOf < 0 || !tree.dataRanges.has(holesOf as never);
    const k = segmentOf(contents, start);
    const left = contents.firstItem[k]! + contents.countBlocks[k]! - start;
    if (isWhole && countBlocks <= Math.min(left, EXTENT_MAX_BLOCKS)) {
      writeExtentHeader(view, at, 1, EXTENTS_IN_INODE, 0);
      writeExtent(view, at + EXTENT_HEADER.sizeBytes, 0, blockOfItem(contents, start), countBlocks);
      return 0;
    }

    const one = { number, part: "front" as const, start, countBlocks, inode: holesOf };
    const blocks = layout.extentBlocks.get(number);
    const granted = blocks?.countBlocks ?? 0;
    const span = spanOf(tree, one, 0, blockSizeBytes);
    const extents = extentsOf(span, contents, fewestExtentsFor(granted, perBlock));
    const levels = extentLevels(extents.count, perBlock);
    if (countExtentBlocks(extents.count, perBlock) !== granted) {
      throw new Error(`icecore bug: inode ${number} was planned with ${granted} extent blocks.`);
    }
    const depth = levels.length;
    const entries = depth === 0 ? extents.count : levels.at(-1)!;
    writeExtentHeader(view, at, entries, EXTENTS_IN_INODE, depth);
    if (blocks === undefined) writeLeafEntries(view, at, extents, 0, entries);
    else {
      const firstItem = blocks.start + granted - entries;
      for (let i = 0; i < entries; i++) {
        const fileBlock = extents.fileBlock[i * perBlock ** depth]!;
        const entryAt = at + EXTENT_HEADER.sizeBytes * (1 + i);
        writeExtentIndex(view, entryAt, fileBlock, blockOfItem(contents, firstItem + i));
      }
    }
    return granted;
  };
}

/** Writes a header. */
export function writeExtentHeader(
  view: DataView,
  at: number,
  entries: number,
  max: number,
  depth: number,
): void {
  view.setUint16(at + HEADER.eh_magic, EXTENT_MAGIC, true);
  view.setUint16(at + HEADER.eh_entries, entries, true);
  view.setUint16(at + HEADER.eh_max, max, true);
  view.setUint16(at + HEADER.eh_depth, depth, true);
}

/** Writes extents `[first, first + count)` behind the header at `at`. */
export function writeLeafEntries(
  view: DataView,
  at: number,
  extents: Extents,
  first: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const e = first + i;
    const entryAt = at + EXTENT_HEADER.sizeBytes + i * EXTENT.sizeBytes;
    writeExtent(view, entryAt, extents.fileBlock[e]!, extents.block[e]!, extents.countBlocks[e]!);
  }
}

/** Writes an index entry. */
export function writeExtentIndex(
  view: DataView,
  at: number,
  fileBlock: number,
  block: number,
): void {
  view.setUint32(at + INDEX.ei_block, fileBlock, true);
  view.setUint32(at + INDEX.ei_leaf_lo, lowHalf(block), true);
  view.setUint16(at + INDEX.ei_leaf_hi, highHalf(block), true);
}

function writeExtent(
  view: DataView,
  at: number,
  fileBlock: number,
  block: number,
  countBlocks: number,
): void {
  view.setUint32(at + LEAF.ee_block, fileBlock, true);
  view.setUint16(at + LEAF.ee_len, countBlocks, true);
  view.setUint16(at + LEAF.ee_start_hi, highHalf(block), true);
  view.setUint32(at + LEAF.ee_start_lo, lowHalf(block), true);
}
