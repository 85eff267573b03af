/**
 * Files that may have equal contents, by what is known without reading them.
 * @module
 */

import { blockRanges, dataBytesOf } from "../../ext4/plan/block_ranges.ts";
import { hasLongHoles } from "../../ext4/record.ts";
import { hasType, S_IFREG, type Tree, type TreeInode } from "../../ext4/tree.ts";

/** The smallest block and the largest: holes are compared in the former. */
const SMALLEST_BLOCK_BYTES = 1024;
const LARGEST_BLOCK_BYTES = 4096;

/** Size and holes of a file: what another must have as well to be equal to it. */
export interface Shape {
  readonly sizeBytes: number;
  /** Where its data lies, as pairs `[start, end)` in bytes; absent: all of it. */
  readonly ranges?: Float64Array | undefined;
  /** Whether its digest passes its holes over. */
  readonly hasLongHoles: boolean;
}

/** Rows of files that have data, and size and holes of another, in the order of the tree. */
export function candidatesOf(tree: Tree): TreeInode[] {
  const sizes = sizesThatRepeat(tree);
  const found: TreeInode[] = [];
  const withHoles = new Map<string, TreeInode[]>();
  let countWhole = 0;
  for (let row = 0; row < tree.countInodes; row++) {
    const inode = row as TreeInode;
    if (!sizes.has(tree.sizeBytes[row]!) || !hasType(tree, row, S_IFREG)) continue;
    const shape = shapeOf(tree, inode);
    if (shape === undefined) continue;
    if (shape.ranges === undefined) {
      found.push(inode);
      countWhole++;
      continue;
    }
    const key = `${shape.sizeBytes}:${shape.ranges.join()}`;
    const alike = withHoles.get(key);
    if (alike === undefined) withHoles.set(key, [inode]);
    else alike.push(inode);
  }
  for (const alike of withHoles.values()) if (alike.length > 1) found.push(...alike);
  return found.length === countWhole ? found : found.sort((a, b) => a - b);
}

function sizesThatRepeat(tree: Tree): Set<number> {
  const sizes = new Float64Array(tree.countInodes);
  let count = 0;
  for (let row = 0; row < tree.countInodes; row++) {
    if (hasType(tree, row, S_IFREG)) sizes[count++] = tree.sizeBytes[row]!;
  }
  const sorted = sizes.subarray(0, count).sort();
  const repeated = new Set<number>();
  for (let i = 1; i < count; i++) {
    if (sorted[i] === sorted[i - 1] && sorted[i]! > 0) repeated.add(sorted[i]!);
  }
  return repeated;
}

/** The shape of a regular file; `undefined` where it cannot share blocks with another. */
export function shapeOf(tree: Tree, inode: TreeInode): Shape | undefined {
  const sizeBytes = tree.sizeBytes[inode]!;
  const data = tree.dataRanges.get(inode);
  if (data === undefined) return { sizeBytes, hasLongHoles: false };
  const blocks = blockRanges(data, sizeBytes, SMALLEST_BLOCK_BYTES);
  if (blocks.length === 0) return undefined;
  const longHoles = hasLongHoles(sizeBytes, dataBytesOf(blocks, sizeBytes, SMALLEST_BLOCK_BYTES));
  const ranges = blocks.map((block) => Math.min(block * SMALLEST_BLOCK_BYTES, sizeBytes));
  // The digest of such a file follows from its blocks, whose size is not known yet.
  const isSettled = ranges.every((at) => at % LARGEST_BLOCK_BYTES === 0 || at === sizeBytes);
  return longHoles && !isSettled ? undefined : { sizeBytes, ranges, hasLongHoles: longHoles };
}

/** Whether files of two shapes can share blocks. */
export function isSameShape(a: Shape, b: Shape): boolean {
  if (a.sizeBytes !== b.sizeBytes || a.ranges?.length !== b.ranges?.length) return false;
  return a.ranges === undefined || a.ranges.every((at, i) => at === b.ranges![i]);
}

/** Bytes of data of a file. */
export function dataBytes({ sizeBytes, ranges }: Shape): number {
  if (ranges === undefined) return sizeBytes;
  return ranges.reduce((sum, at, i) => i % 2 === 0 ? sum - at : sum + at, 0);
}
