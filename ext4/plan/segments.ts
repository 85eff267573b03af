/**
 * A run of items that is laid over the image in few pieces, around what lies fixed.
 *
 * Item `i` (a block of all contents taken in order, a bitmap, …) has a place by piece, so that no
 * item's place has to be stored.
 * @module
 */

import type { BlockNumber } from "../numbers.ts";

/** Pieces of consecutive blocks; piece `k` holds items from `firstItem[k]` on. */
export interface Segments {
  readonly count: number;
  readonly firstItem: Float64Array;
  readonly firstBlock: Float64Array;
  readonly countBlocks: Float64Array;
}

/** One piece of consecutive blocks. */
export interface Piece {
  readonly firstBlock: number;
  readonly countBlocks: number;
}

/** Items in the order of the pieces. */
export function segmentsOf(pieces: readonly Piece[]): Segments {
  const used = pieces.filter((piece) => piece.countBlocks > 0);
  const firstItem = new Float64Array(used.length);
  let items = 0;
  used.forEach((piece, k) => {
    firstItem[k] = items;
    items += piece.countBlocks;
  });
  return {
    count: used.length,
    firstItem,
    firstBlock: Float64Array.from(used, (piece) => piece.firstBlock),
    countBlocks: Float64Array.from(used, (piece) => piece.countBlocks),
  };
}

/** The piece an item lies in. */
export function segmentOf(segments: Segments, item: number): number {
  let low = 0;
  let high = segments.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (segments.firstItem[middle]! <= item) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The block of an item. */
export function blockOfItem(segments: Segments, item: number): BlockNumber {
  const k = segmentOf(segments, item);
  return segments.firstBlock[k]! + (item - segments.firstItem[k]!) as BlockNumber;
}
