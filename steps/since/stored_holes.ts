/**
 * Where the data of the files lies that a layer stores, as far as `scan` has not looked.
 * @module
 */

import type { Tree, TreeInode } from "../../ext4/tree.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { CHANGE, type Changes } from "./changes.ts";

/** What `scan` has found, and what is found of the files that are stored. @throws the signal's reason */
export async function dataRangesOfStored(
  source: ScannedSource,
  { change, isRowStored }: Changes,
  signal: AbortSignal,
): Promise<Tree["dataRanges"]> {
  const { tree } = source;
  if (source.holesOf === undefined) return tree.dataRanges;
  const dataRanges = new Map(tree.dataRanges);
  for (let row = 0 as TreeInode; row < tree.countInodes; row++) {
    if (change[row] === CHANGE.none || dataRanges.has(row) || !isRowStored(row)) continue;
    const looking = source.holesOf(row, signal);
    const ranges = looking && await looking;
    if (ranges !== undefined) dataRanges.set(row, ranges);
  }
  return dataRanges;
}
