/**
 * Which files lie in the blocks of another, because their contents are equal.
 * @module
 */

import { PlanError } from "../image_errors.ts";
import { hasType, S_IFREG, type Tree, type TreeInode } from "../tree.ts";
import { blockRanges } from "./block_ranges.ts";
import type { Inventory } from "./inventory.ts";

/** The row whose blocks hold each row's contents: mostly its own, else one before it. */
export type Owners = Uint32Array;

/**
 * The owners of all rows.
 * @param equalTo for each row the first of equal contents; absent: nothing is shared
 * @returns among equal rows the first that is stored; `undefined` where nothing is shared
 * @throws PlanError `bad-option` when a row and the one it names are not files of the same size
 */
export function ownersOf(
  tree: Tree,
  { numberOf }: Inventory,
  equalTo: Uint32Array | undefined,
): Owners | undefined {
  if (equalTo === undefined) return undefined;
  const owners = Uint32Array.from({ length: tree.countInodes }, (_, row) => row);
  /** Where the first is not stored itself. */
  const standIns = new Map<number, number>();
  for (let row = 0; row < tree.countInodes; row++) {
    const first = equalTo[row]!;
    if (first === row) continue;
    requireAlike(tree, row, first);
    if (numberOf[row] === 0) continue;
    const owner = numberOf[first] === 0 ? standIns.get(first) : first;
    if (owner === undefined) standIns.set(first, row);
    else owners[row] = owner;
  }
  return owners;
}

function requireAlike(tree: Tree, row: number, first: number): void {
  const areFiles = hasType(tree, row, S_IFREG) && first < row && hasType(tree, first, S_IFREG);
  if (areFiles && tree.sizeBytes[row] === tree.sizeBytes[first]) return;
  throw new PlanError(
    "bad-option",
    `cannot plan the image: row ${row} cannot have the contents of row ${first}. Name an earlier ` +
      "file of the same size.",
    { inode: row as TreeInode },
  );
}

/** Whether the data of two files of one size lies in the same blocks of each. */
export function haveSameHoles(
  tree: Tree,
  owner: number,
  inode: number,
  blockSizeBytes: number,
): boolean {
  const [a, b] = [owner, inode].map((row) => tree.dataRanges.get(row as TreeInode));
  if (a === undefined && b === undefined) return true;
  const sizeBytes = tree.sizeBytes[inode]!;
  const [first, second] = [a, b].map((ranges) =>
    blockRanges(ranges ?? Float64Array.of(0, sizeBytes), sizeBytes, blockSizeBytes)
  ) as [Float64Array, Float64Array];
  return first.length === second.length && first.every((bound, i) => bound === second[i]);
}

/** The error of a file that cannot lie in the blocks of another. */
export function differentHoles(inode: number): PlanError {
  return new PlanError(
    "bad-option",
    `cannot plan the image: row ${inode} has other holes than the file whose contents it is to ` +
      "have. Name files whose data lies in the same places.",
    { inode: inode as TreeInode },
  );
}
