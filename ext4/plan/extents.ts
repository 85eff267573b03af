/**
 * The extents of one inode: which file blocks lie where in the image.
 *
 * They are computed when needed, from where the contents begin; nothing is stored by extent.
 * @module
 */

import { EXTENT_MAX_BLOCKS, EXTENTS_IN_INODE } from "../structs/extent.ts";
import { segmentOf, type Segments } from "./segments.ts";

/** What the extents of an inode follow from. */
export interface Span {
  /** First item in the segments. */
  readonly start: number;
  /** Items, which are blocks. */
  readonly countBlocks: number;
  /** Pairs `[start, end)` of file blocks with data; absent: all from 0 on. */
  readonly ranges?: Float64Array | undefined;
}

/** Extents as columns. */
export interface Extents {
  readonly count: number;
  /** `ee_block`. */
  readonly fileBlock: Uint32Array;
  /** `ee_len`. */
  readonly countBlocks: Uint16Array;
  /** `ee_start`. */
  readonly block: Float64Array;
}

/** Is given each extent in order. */
type Visit = (fileBlock: number, block: number, countBlocks: number) => void;

/** How many extents a span has. */
export function countExtents(span: Span, segments: Segments): number {
  let count = 0;
  walk(span, segments, () => count++);
  return count;
}

/**
 * The extents of a span.
 * @param countMin if there would be fewer, blocks are split off; at most the number of blocks
 */
export function extentsOf(span: Span, segments: Segments, countMin = 0): Extents {
  const natural = countExtents(span, segments);
  let missing = Math.max(0, countMin - natural);
  const count = natural + missing;
  const fileBlocks = new Uint32Array(count);
  const lengths = new Uint16Array(count);
  const blocks = new Float64Array(count);
  let at = 0;
  walk(span, segments, (fileBlock, block, countBlocks) => {
    let split = 0;
    for (; missing > 0 && split < countBlocks - 1; split++, missing--, at++) {
      fileBlocks[at] = fileBlock + split;
      blocks[at] = block + split;
      lengths[at] = 1;
    }
    fileBlocks[at] = fileBlock + split;
    blocks[at] = block + split;
    lengths[at] = countBlocks - split;
    at++;
  });
  return { count, fileBlock: fileBlocks, countBlocks: lengths, block: blocks };
}

/**
 * Blocks by level of an extent tree, leaves first; empty when the extents fit into the inode.
 * @param perBlock entries that fit into a block
 */
export function extentLevels(count: number, perBlock: number): number[] {
  const levels: number[] = [];
  for (let entries = count; entries > EXTENTS_IN_INODE;) {
    entries = Math.ceil(entries / perBlock);
    levels.push(entries);
  }
  return levels;
}

/** Blocks of an extent tree outside the inode. */
export function countExtentBlocks(count: number, perBlock: number): number {
  return extentLevels(count, perBlock).reduce((sum, blocks) => sum + blocks, 0);
}

/** The fewest extents whose tree takes `countBlocks` blocks outside the inode. */
export function fewestExtentsFor(countBlocks: number, perBlock: number): number {
  if (countBlocks === 0) return 0;
  let low = EXTENTS_IN_INODE + 1;
  let high = countBlocks * perBlock;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (countExtentBlocks(middle, perBlock) >= countBlocks) high = middle;
    else low = middle + 1;
  }
  return low;
}

function walk(span: Span, segments: Segments, visit: Visit): void {
  if (span.countBlocks === 0) return;
  let k = segmentOf(segments, span.start);
  let item = span.start;
  const ranges = span.ranges ?? [0, span.countBlocks];
  for (let r = 0; r + 1 < ranges.length; r += 2) {
    let fileBlock = ranges[r]!;
    const end = ranges[r + 1]!;
    while (fileBlock < end) {
      const offset = item - segments.firstItem[k]!;
      const left = segments.countBlocks[k]! - offset;
      if (left <= 0) {
        k++;
        continue;
      }
      const countBlocks = Math.min(end - fileBlock, left, EXTENT_MAX_BLOCKS);
      visit(fileBlock, segments.firstBlock[k]! + offset, countBlocks);
      fileBlock += countBlocks;
      item += countBlocks;
    }
  }
}
