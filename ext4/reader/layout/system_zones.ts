/**
 * The blocks that belong to the file system itself; no file may claim one of them.
 *
 * Superblocks, descriptors, bitmaps and inode tables of all groups, as sorted disjoint ranges;
 * with `flex_bg` few ranges remain, however many groups there are.
 * @module
 */

import type { GroupNumber } from "../../numbers.ts";
import { leaveOut, type LeavingOut } from "../leave_out.ts";
import type { Reading } from "../reading.ts";
import type { Geometry } from "./geometry.ts";
import { countHeadBlocks, firstBlockOfGroup } from "./group_layout.ts";
import type { GroupTable } from "./group_table.ts";

/** Beyond this many groups (64 TiB with blocks of 4 KiB) the ranges are not collected. */
const MAX_GROUPS = 1 << 19;

/** Answers whether blocks belong to the file system itself. */
export class SystemZones {
  /** `[start, end)` of each range, sorted, back to back. */
  readonly #bounds: Float64Array;

  constructor(bounds: Float64Array) {
    this.#bounds = bounds;
  }

  /** Whether one of `countBlocks` blocks from `block` on belongs to the file system itself. */
  overlaps(block: number, countBlocks: number): boolean {
    const bounds = this.#bounds;
    let low = 0, high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bounds[2 * middle + 1]! <= block) low = middle + 1;
      else high = middle;
    }
    return 2 * low < bounds.length && bounds[2 * low]! < block + countBlocks;
  }
}

/** Collects the ranges from all descriptors; from those that are sound, where that is wanted. */
export function* readSystemZones(
  geometry: Geometry,
  groups: GroupTable,
  leaving: LeavingOut,
): Reading<SystemZones> {
  if (geometry.countGroups > MAX_GROUPS) return new SystemZones(new Float64Array());
  const ranges: (readonly [start: number, end: number])[] = [];
  const add = (start: number, countBlocks: number) => {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === start) {
      ranges[ranges.length - 1] = [last[0], start + countBlocks];
    } else ranges.push([start, start + countBlocks]);
  };
  for (let i = 0; i < geometry.countGroups; i++) {
    const group = i as GroupNumber;
    const head = countHeadBlocks(geometry, group);
    if (head > 0) add(firstBlockOfGroup(geometry, group), head);
    try {
      const info = yield* groups.load(group);
      add(info.blockBitmap, 1);
      add(info.inodeBitmap, 1);
      add(info.inodeTable, geometry.inodeTableBlocks);
    } catch (error) {
      leaveOut(error, leaving, () => undefined);
    }
  }
  return new SystemZones(merged(ranges));
}

function merged(ranges: (readonly [number, number])[]): Float64Array {
  ranges.sort((a, b) => a[0] - b[0]);
  const bounds = new Float64Array(2 * ranges.length);
  let count = 0;
  for (const [start, end] of ranges) {
    if (count > 0 && start <= bounds[2 * count - 1]!) {
      bounds[2 * count - 1] = Math.max(bounds[2 * count - 1]!, end);
    } else {
      bounds[2 * count] = start;
      bounds[2 * count + 1] = end;
      count++;
    }
  }
  return bounds.slice(0, 2 * count);
}
