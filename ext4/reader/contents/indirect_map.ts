/**
 * The block map of ext2 and ext3: 12 direct pointers, then trees of one, two and three levels.
 *
 * These blocks carry no checksum; every pointer is checked to be one a file can own.
 * Source: kernel Documentation/filesystems/ext4/ifork.rst "Direct/Indirect Block Addressing".
 * @module
 */

import type { BlockNumber, FileBlock } from "../../numbers.ts";
import { blockField, type Inode } from "../inode/inode.ts";
import { u32At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import { loadBlock, requireFileBlocks, type Volume } from "../volume.ts";
import type { BlockMap, Segment } from "./block_map.ts";
import { END_OF_FILE_BLOCKS } from "./extent_node.ts";

/** Pointers in the inode that lead to data at once. */
export const COUNT_DIRECT = 12;
/** Levels of the three trees behind them. */
export const COUNT_TREES = 3;
const STRUCTURE = "indirect block";

/** Finds blocks by pointers. */
export class IndirectMap implements BlockMap {
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #pointers: Uint8Array;
  readonly #perBlock: number;

  constructor(volume: Volume, inode: Inode) {
    this.#volume = volume;
    this.#inode = inode;
    this.#pointers = blockField(inode);
    this.#perBlock = volume.geometry.blockSizeBytes / 4;
  }

  *segmentAt(fileBlock: FileBlock): Reading<Segment> {
    if (fileBlock < COUNT_DIRECT) {
      return this.#run(this.#pointers, COUNT_DIRECT, fileBlock, 0);
    }
    let start = COUNT_DIRECT as FileBlock;
    for (let levels = 1; levels <= COUNT_TREES; levels++) {
      const span = this.#perBlock ** levels;
      if (fileBlock < start + span) {
        const root = u32At(this.#pointers, 4 * (COUNT_DIRECT + levels - 1));
        return yield* this.#descend(root, levels, fileBlock, start);
      }
      start = start + span as FileBlock;
    }
    return { start, countBlocks: END_OF_FILE_BLOCKS - start, block: 0 };
  }

  *#descend(root: number, levels: number, fileBlock: FileBlock, start: number): Reading<Segment> {
    let pointer = root;
    let base = start;
    for (let level = levels; level > 0; level--) {
      const span = this.#perBlock ** level;
      if (pointer === 0) return { start: base as FileBlock, countBlocks: span, block: 0 };
      requireFileBlocks(this.#volume, pointer, 1, STRUCTURE, this.#inode.number);
      const bytes = yield* loadBlock(this.#volume, pointer as BlockNumber);
      const index = Math.floor((fileBlock - base) / (span / this.#perBlock));
      if (level === 1) return this.#run(bytes, this.#perBlock, index, base);
      pointer = u32At(bytes, 4 * index);
      base += index * (span / this.#perBlock);
    }
    return { start: base as FileBlock, countBlocks: 1, block: 0 };
  }

  /** The pointers from `index` on that continue each other. */
  #run(pointers: Uint8Array, countPointers: number, index: number, base: number): Segment {
    const block = u32At(pointers, 4 * index);
    let end = index + 1;
    const continues = (pointer: number) => pointer === (block === 0 ? 0 : block + end - index);
    while (end < countPointers && continues(u32At(pointers, 4 * end))) end++;
    const countBlocks = end - index;
    if (block !== 0) {
      requireFileBlocks(this.#volume, block, countBlocks, STRUCTURE, this.#inode.number);
    }
    return { start: base + index as FileBlock, countBlocks, block: block as BlockNumber | 0 };
  }
}
