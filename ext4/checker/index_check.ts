/**
 * Checks the index of a folder: each leaf is reached once, and holds the hashes it should.
 *
 * Source: e2fsprogs e2fsck/pass2.c `parse_int_node`.
 * @module
 */

import type { FileBlock } from "../numbers.ts";
import type { FileData } from "../reader/contents/file_data.ts";
import {
  indexBlock,
  indexHash,
  type IndexNode,
  type IndexRoot,
  loadIndexNode,
} from "../reader/directory/htree.ts";
import type { Inode } from "../reader/inode/inode.ts";
import { isZero } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import { DX_ENTRY } from "../structs/htree.ts";
import type { CheckState } from "./check_state.ts";

/** No name has a hash as large. */
const END_OF_HASHES = 0x1_0000_0000;
/** Hashes are even: so this is not a hash. */
const NO_HASH = 0xffff_ffff;

/** The lowest and highest hash of the names in each block of a folder. */
export class LeafHashes {
  readonly lowest: Uint32Array;
  /** 0 as well where the block has no names. */
  readonly highest: Uint32Array;
  /** 1: the index leads to the block. */
  readonly isReached: Uint8Array;

  constructor(readonly countBlocks: number) {
    this.lowest = new Uint32Array(countBlocks).fill(NO_HASH);
    this.highest = new Uint32Array(countBlocks);
    this.isReached = new Uint8Array(countBlocks);
  }

  /** Counts a name. */
  add(fileBlock: FileBlock, hash: number): void {
    if (hash < this.lowest[fileBlock]!) this.lowest[fileBlock] = hash;
    if (hash > this.highest[fileBlock]!) this.highest[fileBlock] = hash;
  }
}

/**
 * Checks the index against the hashes of the leaves.
 * @throws CorruptImageError when an index block is broken
 */
export function* checkIndex(
  state: CheckState,
  folder: Inode,
  data: FileData,
  root: IndexRoot,
  hashes: LeafHashes,
): Reading<void> {
  const report = (code: string, why: string, fileBlock: FileBlock) =>
    state.findings.report(code, "dx_entry", why, { inode: folder.number, fileBlock });

  /** Whether a block is met for the first time; it ends every circle. */
  function reach(fileBlock: FileBlock): boolean {
    if (fileBlock >= hashes.countBlocks || hashes.isReached[fileBlock] !== 0) {
      report("index-block", "the index points to a block twice, or outside the folder", fileBlock);
      return false;
    }
    hashes.isReached[fileBlock] = 1;
    return true;
  }

  /** @param low,high hashes that the node is responsible for; an odd `high` is shared with the next */
  function* visit(node: IndexNode, levels: number, low: number, high: number): Reading<void> {
    const used = node.entriesAt + node.count * DX_ENTRY.sizeBytes;
    const end = node.entriesAt + node.limit * DX_ENTRY.sizeBytes;
    if (state.isExact && !isZero(node.bytes, used, end)) {
      state.findings.report("slack", "dx_entry", "the index entries not in use are not zero", {
        inode: folder.number,
      });
    }
    for (let i = 0; i < node.count; i++) {
      const fileBlock = indexBlock(node, i);
      const from = i === 0 ? low : indexHash(node, i);
      const to = i + 1 < node.count ? indexHash(node, i + 1) : high;
      if (from < low || to > high) report("index-order", "its hash is out of order", fileBlock);
      if (!reach(fileBlock)) continue;
      if (levels > 0) {
        const child = yield* loadIndexNode(state.volume, folder, data, fileBlock);
        yield* visit(child, levels - 1, from, to);
        continue;
      }
      const isEmpty = hashes.lowest[fileBlock] === NO_HASH;
      if (isEmpty) continue;
      const top = hashes.highest[fileBlock]!;
      if (hashes.lowest[fileBlock]! < (from & ~1) >>> 0 || top > to - ((to & 1) === 0 ? 1 : 0)) {
        report("index-order", "a name in the leaf has a hash outside its range", fileBlock);
      }
    }
  }

  reach(0 as FileBlock);
  yield* visit(root, root.countLevels, 0, END_OF_HASHES);
  for (let fileBlock = 0 as FileBlock; fileBlock < hashes.countBlocks; fileBlock++) {
    if (hashes.isReached[fileBlock] === 0) {
      report("index-block", "no entry of the index points to the block", fileBlock);
    }
  }
}
