/**
 * Features of ext4 that only some trees need.
 * @module
 */

import type { Tree } from "../../ext4/tree.ts";

/** Bytes of a typical name's record. */
const RECORD_BYTES = 8 + 16;

/**
 * `ea_inode` where an attribute or a set is larger than a block; `large_dir` where a folder
 * outgrows two levels of its index.
 */
export function neededFeatures(tree: Tree, blockSizeBytes: number): string[] {
  const features: string[] = [];
  const tooLarge = tree.xattrSets.some((set) =>
    set.reduce((sum, { name, value }) => sum + 20 + name.length + value.length, 32) > blockSizeBytes
  );
  if (tooLarge) features.push("ea_inode");
  const perNode = blockSizeBytes / 8 - 5;
  // A quarter of what fits: what was split is half empty, leaves and the nodes above them.
  const mostNames = perNode * perNode * (blockSizeBytes / RECORD_BYTES) / 4;
  let largest = 0;
  for (let i = 0; i < tree.countInodes; i++) largest = Math.max(largest, tree.countChildren[i]!);
  if (largest > mostNames) features.push("large_dir");
  return features;
}
