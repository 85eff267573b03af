/**
 * The block map of ext4: a tree of extents.
 * @module
 */

import type { FileBlock } from "../../numbers.ts";
import type { Inode } from "../inode/inode.ts";
import type { Reading } from "../reading.ts";
import { loadBlock, type Volume } from "../volume.ts";
import type { BlockMap, Segment } from "./block_map.ts";
import {
  childBlock,
  childRange,
  entryStart,
  extentBlock,
  extentChild,
  extentLength,
  type ExtentNode,
  extentRoot,
  findEntry,
  isUnwritten,
} from "./extent_node.ts";

/** Finds blocks by extents; keeps the leaf it was in last. */
export class ExtentMap implements BlockMap {
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #root: ExtentNode;
  #leaf: ExtentNode | undefined;

  constructor(volume: Volume, inode: Inode) {
    this.#volume = volume;
    this.#inode = inode;
    this.#root = extentRoot(volume, inode);
  }

  *segmentAt(fileBlock: FileBlock): Reading<Segment> {
    let node = this.#leaf;
    if (node === undefined || fileBlock < node.low || fileBlock >= node.high) {
      node = this.#root;
    }
    while (node.depth > 0) {
      const index = findEntry(node, fileBlock);
      if (index < 0) return hole(node.low, entryStart(node, 0));
      const block = childBlock(node, index);
      const bytes = yield* loadBlock(this.#volume, block);
      const [, high] = childRange(node, index);
      node = extentChild(this.#volume, this.#inode, node, index, bytes);
      if (fileBlock >= high) return hole(high, node.high);
    }
    this.#leaf = node;
    return segmentInLeaf(node, fileBlock);
  }
}

function segmentInLeaf(leaf: ExtentNode, fileBlock: FileBlock): Segment {
  const index = findEntry(leaf, fileBlock);
  const next = index + 1 < leaf.countEntries ? entryStart(leaf, index + 1) : leaf.high;
  if (index < 0) return hole(leaf.low, next);
  const start = entryStart(leaf, index);
  const countBlocks = extentLength(leaf, index);
  if (fileBlock >= start + countBlocks) return hole(start + countBlocks, next);
  const block = isUnwritten(leaf, index) ? 0 : extentBlock(leaf, index);
  return { start, countBlocks, block };
}

function hole(start: number, end: number): Segment {
  return { start: start as FileBlock, countBlocks: end - start, block: 0 };
}
