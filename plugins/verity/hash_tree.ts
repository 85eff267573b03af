/**
 * Makes a dm-verity hash tree while the data goes by. One block a level is held in memory.
 * @module
 */

import { createHash } from "node:crypto";
import { DIGEST_BYTES, HASH_BLOCK_BYTES, type TreeLayout } from "./tree_layout.ts";
import { ALGORITHM } from "./verity_superblock.ts";

/** Stores bytes at a place of the hash file. */
export type StoreAt = (bytes: Uint8Array, offsetBytes: number) => Promise<void>;

interface Level {
  readonly block: Uint8Array;
  used: number;
  /** Where the block goes. */
  offset: number;
}

/** A tree in the making. */
export class HashTree {
  readonly #levels: Level[];
  /** A data block that has come in part. */
  readonly #part: Uint8Array;
  #usedOfPart = 0;
  #countBlocks = 0;
  #root: Uint8Array | undefined;

  constructor(
    private readonly layout: TreeLayout,
    private readonly salt: Uint8Array,
    private readonly store: StoreAt,
  ) {
    this.#part = new Uint8Array(layout.dataBlockBytes);
    this.#levels = layout.levelOffsets.map((offset) => ({
      block: new Uint8Array(HASH_BLOCK_BYTES),
      used: 0,
      offset,
    }));
  }

  /** Adds data, in pieces of any length. */
  async add(bytes: Uint8Array): Promise<void> {
    const { dataBlockBytes } = this.layout;
    let at = 0;
    if (this.#usedOfPart > 0) {
      at = Math.min(dataBlockBytes - this.#usedOfPart, bytes.length);
      this.#part.set(bytes.subarray(0, at), this.#usedOfPart);
      this.#usedOfPart += at;
      if (this.#usedOfPart < dataBlockBytes) return;
      this.#usedOfPart = 0;
      await this.#addBlock(this.#part);
    }
    for (; at + dataBlockBytes <= bytes.length; at += dataBlockBytes) {
      const full = this.#addBlock(bytes.subarray(at, at + dataBlockBytes));
      // Most blocks fill nothing: no promise is awaited for those.
      if (full !== undefined) await full;
    }
    this.#part.set(bytes.subarray(at));
    this.#usedOfPart = bytes.length - at;
  }

  /** Stores what is left. @returns The root hash. @throws RangeError when the data had another size. */
  async end(): Promise<Uint8Array> {
    if (this.#usedOfPart > 0 || this.#countBlocks !== this.layout.countDataBlocks) {
      throw new RangeError("the image has another size than its superblock says");
    }
    for (const [level, { used }] of this.#levels.entries()) {
      if (used > 0) await this.#storeBlock(level);
    }
    return this.#root!;
  }

  #addBlock(block: Uint8Array): Promise<void> | undefined {
    this.#countBlocks++;
    return this.#addDigest(0, this.#digestOf(block));
  }

  #addDigest(index: number, digest: Uint8Array): Promise<void> | undefined {
    const level = this.#levels[index];
    if (level === undefined) {
      this.#root = digest;
      return undefined;
    }
    level.block.set(digest, level.used);
    level.used += DIGEST_BYTES;
    return level.used === HASH_BLOCK_BYTES ? this.#storeBlock(index) : undefined;
  }

  async #storeBlock(index: number): Promise<void> {
    const level = this.#levels[index]!;
    level.block.fill(0, level.used);
    await this.store(level.block, level.offset);
    level.offset += HASH_BLOCK_BYTES;
    level.used = 0;
    await this.#addDigest(index + 1, this.#digestOf(level.block));
  }

  #digestOf(block: Uint8Array): Uint8Array {
    return createHash(ALGORITHM).update(this.salt).update(block).digest();
  }
}
