/**
 * Finds and reads inodes by number.
 * @module
 */

import type { GroupNumber, InodeNumber } from "../../numbers.ts";
import { fileTypeOfMode } from "../../structs/directory.ts";
import { INODE, OLD_INODE_SIZE_BYTES } from "../../structs/inode.ts";
import { S_IFDIR, S_IFMT } from "../../tree.ts";
import type { BlockCache } from "../bytes/block_cache.ts";
import { corrupt } from "../corrupt.ts";
import type { Geometry } from "../layout/geometry.ts";
import type { GroupTable } from "../layout/group_table.ts";
import { u16At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import { Inode, parseInode } from "./inode.ts";

const STRUCTURE = "ext4_inode";
/** A multiple of every size of an inode; inodes are visited so many bytes at a time. */
const VISIT_BYTES = 64 << 10;

/** The number of a folder that is not in the image; see {@link InodeTable.standIn}. */
export const STAND_IN_INODE = 0 as InodeNumber;

/** The inodes of an image. */
export class InodeTable {
  readonly #geometry: Geometry;
  readonly #cache: BlockCache;
  readonly #groups: GroupTable;
  /** Neighbours are asked for one after the other; so the last block is kept at hand. */
  #lastOffset = -1;
  #last: InodeBlock = { bytes: new Uint8Array(), words: undefined };
  /** Empty folders in place of those that are gone. */
  readonly #standIns = new Map<InodeNumber, Inode>();

  constructor(geometry: Geometry, cache: BlockCache, groups: GroupTable) {
    this.#geometry = geometry;
    this.#cache = cache;
    this.#groups = groups;
  }

  /** From now on, an empty folder stands in for an inode that is gone. */
  addStandIn(number: InodeNumber): void {
    const bytes = new Uint8Array(OLD_INODE_SIZE_BYTES);
    const mode = S_IFDIR | 0o700;
    const inode = new Inode(number, bytes, 0, bytes.length, mode, 0, 2, 0, 0, 0, 0, 0);
    this.#standIns.set(number, inode);
  }

  /** The empty folder that stands in for an inode, if one does. */
  standIn(number: InodeNumber): Inode | undefined {
    return this.#standIns.get(number);
  }

  /** An inode that is in use, where it can be read without waiting; throws as {@link load}. */
  peek(number: InodeNumber): Inode | undefined {
    const standIn = this.#standIns.get(number);
    if (standIn !== undefined) return standIn;
    const start = this.#goTo(number);
    if (start < 0) return undefined;
    const { bytes, words } = this.#last;
    return requireUsed(parseInode(this.#geometry, number, bytes, start, words));
  }

  /** The same; `undefined` also where it is not in use. @throws CorruptImageError where it is broken */
  peekUsed(number: InodeNumber): Inode | undefined {
    const start = this.#goTo(number);
    if (start < 0) return undefined;
    const { bytes, words } = this.#last;
    if (u16At(bytes, start + INODE.offsets.i_links_count) === 0) return undefined;
    return parseInode(this.#geometry, number, bytes, start, words);
  }

  /** Goes to the block of an inode. @returns where in it that begins; -1 where it is not at hand */
  #goTo(number: InodeNumber): number {
    const { inodesPerGroup, inodeSizeBytes, blockSizeBytes, countInodes } = this.#geometry;
    if (!(number >= 1 && number <= countInodes)) return -1;
    const info = this.#groups.peek(Math.floor((number - 1) / inodesPerGroup) as GroupNumber);
    if (info === undefined) return -1;
    const at = ((number - 1) % inodesPerGroup) * inodeSizeBytes;
    const within = at % blockSizeBytes;
    const offset = info.inodeTable * blockSizeBytes + at - within;
    if (offset !== this.#lastOffset) {
      const block = this.#cache.peek(offset, blockSizeBytes);
      if (block === undefined) return -1;
      this.#keep(offset, block);
    }
    return within;
  }

  /**
   * An inode that is in use.
   * @throws CorruptImageError when the number is out of range, or the inode broken or not in use
   */
  *load(number: InodeNumber): Reading<Inode> {
    return this.#standIns.get(number) ?? requireUsed(yield* this.loadAny(number));
  }

  /**
   * An inode, in use or once in use; one that was never used fails its checksum.
   * @throws CorruptImageError when the number is out of range, or the inode broken
   */
  *loadAny(number: InodeNumber): Reading<Inode> {
    const { block, start } = yield* this.loadBytes(number);
    return parseInode(this.#geometry, number, block, start);
  }

  /**
   * The bytes of an inode as they are, from `start` on in a block.
   * @throws CorruptImageError when the number is out of range
   */
  *loadBytes(number: InodeNumber): Reading<{ readonly block: Uint8Array; readonly start: number }> {
    this.#requireNumber(number);
    const { blockSizeBytes } = this.#geometry;
    const offset = yield* this.#offsetOf(number);
    const start = offset % blockSizeBytes;
    return { block: yield* this.#cache.load(offset - start, blockSizeBytes), start };
  }

  #requireNumber(number: number): void {
    const { countInodes } = this.#geometry;
    if (number >= 1 && number <= countInodes) return;
    throw corrupt("inode-range", STRUCTURE, "there is no inode of this number", {
      inode: number,
      s_inodes_count: countInodes,
    });
  }

  /** Where in the image an inode lies. */
  *#offsetOf(number: InodeNumber): Reading<number> {
    const { inodesPerGroup, inodeSizeBytes, blockSizeBytes } = this.#geometry;
    const group = Math.floor((number - 1) / inodesPerGroup) as GroupNumber;
    const { inodeTable } = this.#groups.peek(group) ?? (yield* this.#groups.load(group));
    return inodeTable * blockSizeBytes + ((number - 1) % inodesPerGroup) * inodeSizeBytes;
  }

  /**
   * Visits all inodes up to a number, used or not, as they lie in their blocks; what a visit gets is
   * valid until the next.
   * @throws CorruptImageError when there are not as many, or a block cannot be read
   */
  *visit(
    countInodes: number,
    visit: (number: InodeNumber, block: InodeBlock, start: number) => void,
  ): Reading<void> {
    const { inodesPerGroup, inodeSizeBytes } = this.#geometry;
    // Not what the cache keeps: of many inodes, that would be as much garbage.
    const room = new Uint8Array(Math.min(VISIT_BYTES, countInodes * inodeSizeBytes));
    const block = { bytes: room, words: wordsOf(room) };
    for (let number = 1; number <= countInodes;) {
      this.#requireNumber(number);
      const offset = yield* this.#offsetOf(number as InodeNumber);
      const inGroup = inodesPerGroup - (number - 1) % inodesPerGroup;
      const most = Math.min(inGroup, countInodes + 1 - number) * inodeSizeBytes;
      const size = Math.min(most, room.length);
      yield* this.#cache.copy(offset, room.subarray(0, size));
      for (let at = 0; at < size; at += inodeSizeBytes) {
        visit(number++ as InodeNumber, block, at);
      }
    }
  }

  #keep(offset: number, bytes: Uint8Array): void {
    this.#last = { bytes, words: wordsOf(bytes) };
    this.#lastOffset = offset;
  }
}

/** A block of inodes. */
export interface InodeBlock {
  readonly bytes: Uint8Array;
  /** The same as words, as far as it can be had so. */
  readonly words: Int32Array | undefined;
}

/** A block as words, where it lies so that it can be had as such. */
export function wordsOf({ buffer, byteOffset, length }: Uint8Array): Int32Array | undefined {
  return byteOffset % 4 === 0 ? new Int32Array(buffer, byteOffset, length / 4) : undefined;
}

function requireUsed(inode: Inode): Inode {
  if (inode.countLinks === 0) {
    throw corrupt("inode-unused", STRUCTURE, "it is not in use, but something refers to it", {
      inode: inode.number,
    });
  }
  if (fileTypeOfMode(inode.mode) === 0) {
    throw corrupt("inode-type", STRUCTURE, "i_mode has no type of file", {
      inode: inode.number,
      type: (inode.mode & S_IFMT).toString(8),
    });
  }
  return inode;
}
