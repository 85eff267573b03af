/**
 * Which files of a built tree are equal, by reading all of them.
 * @module
 */

import { createHash } from "node:crypto";
import { blockRanges } from "../../../ext4/plan/block_ranges.ts";
import { hasType, S_IFREG, type TreeInode } from "../../../ext4/tree.ts";
import type { Built } from "./tree_builder.ts";

const READ_BYTES = 1 << 20;

/** For each row the first row with the same contents and holes. */
export function equalRows(built: Built): Uint32Array {
  const { tree } = built;
  const firsts = new Map<string, number>();
  return Uint32Array.from({ length: tree.countInodes }, (_, row) => {
    const sizeBytes = tree.sizeBytes[row]!;
    if (!hasType(tree, row, S_IFREG) || sizeBytes === 0) return row;
    const holes = tree.dataRanges.get(row as TreeInode);
    const ranges = holes === undefined
      ? [0, sizeBytes]
      : [...blockRanges(holes, sizeBytes, 1024)].map((block) => Math.min(1024 * block, sizeBytes));
    const hash = createHash("sha256").update(`${sizeBytes}: ${holes && ranges.join()}`);
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]!; at < ranges[i + 1]!; at += READ_BYTES) {
        const length = Math.min(READ_BYTES, ranges[i + 1]! - at);
        hash.update(built.read(row as TreeInode, at, length));
      }
    }
    const key = hash.digest("hex");
    if (!firsts.has(key)) firsts.set(key, row);
    return firsts.get(key)!;
  });
}
