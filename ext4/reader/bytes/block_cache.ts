/**
 * A bounded cache of the image's bytes, which reads ahead where it is read in sequence.
 *
 * Bytes are kept in chunks of 64 KiB, the largest block size, so that no block straddles two.
 * A miss right behind a cached chunk reads twice as much as the read before it did; so a run of
 * metadata costs few requests however long it is, and a lone block costs one short one. The chunks
 * of one read share its buffer, and grow old together.
 * @module
 */

import { corrupt } from "../corrupt.ts";
import type { Reading } from "../reading.ts";
import type { BlockSource } from "./block_source.ts";
import { ContentsAhead } from "./contents_ahead.ts";

/** Bytes of one chunk; a multiple of every block size. */
const CHUNK_BYTES = 65_536;

/** How much the cache may hold and read at once. */
export interface CacheOptions {
  /** Most bytes kept; at least 256 KiB. Default 16 MiB. */
  readonly cacheBytes?: number;
  /** Bytes of a read that continues nothing. Default 256 KiB. */
  readonly firstReadBytes?: number;
  /** Most bytes of one read ahead. Default 4 MiB. */
  readonly longestReadBytes?: number;
  /**
   * Whether short reads of contents are cached as well; default true. Where not, those that follow
   * each other are read ahead.
   */
  readonly cachesContents?: boolean;
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** Chunks of the read that brought it. */
  readonly runChunks: number;
}

const MIN_CACHE_BYTES = 256 << 10;

/** The bytes of one source, cached. */
export class BlockCache {
  readonly #source: BlockSource;
  readonly #countChunks: number;
  readonly #generationChunks: number;
  readonly #firstChunks: number;
  readonly #longestChunks: number;
  readonly #longestCopyBytes: number;
  readonly #ahead: ContentsAhead | undefined;
  readonly #underWay = new Map<number, Promise<void>>();
  /** Two generations instead of an exact order of use: a hit costs one look-up. */
  #young = new Map<number, Chunk>();
  #old = new Map<number, Chunk>();

  constructor(source: BlockSource, options: CacheOptions = {}) {
    const cacheBytes = Math.max(options.cacheBytes ?? 16 << 20, MIN_CACHE_BYTES);
    this.#source = source;
    this.#countChunks = Math.ceil(source.sizeBytes / CHUNK_BYTES);
    this.#generationChunks = Math.floor(cacheBytes / CHUNK_BYTES / 2);
    const chunksOf = (bytes: number) =>
      Math.max(1, Math.min(Math.ceil(bytes / CHUNK_BYTES), this.#generationChunks >> 1));
    this.#firstChunks = chunksOf(options.firstReadBytes ?? 256 << 10);
    this.#longestChunks = chunksOf(options.longestReadBytes ?? 4 << 20);
    this.#longestCopyBytes = options.cachesContents === false ? 0 : CHUNK_BYTES;
    if (options.cachesContents === false) this.#ahead = new ContentsAhead(source, cacheBytes / 4);
  }

  /**
   * A view of `sizeBytes` bytes that lie within one chunk, or `undefined` when not cached.
   * The view stays valid; it is not to be written to.
   */
  peek(offsetBytes: number, sizeBytes: number): Uint8Array | undefined {
    const chunk = this.#find(Math.floor(offsetBytes / CHUNK_BYTES));
    if (chunk === undefined) return undefined;
    const start = offsetBytes % CHUNK_BYTES;
    const end = start + sizeBytes;
    return end > chunk.bytes.length ? undefined : chunk.bytes.subarray(start, end);
  }

  /**
   * The same, read from the source where it is not cached.
   * @throws CorruptImageError `truncated` where the source ends before
   */
  *load(offsetBytes: number, sizeBytes: number): Reading<Uint8Array> {
    this.#requireThere(offsetBytes, sizeBytes);
    const index = Math.floor(offsetBytes / CHUNK_BYTES);
    while (true) {
      const view = this.peek(offsetBytes, sizeBytes);
      if (view !== undefined) return view;
      const wait = this.#underWay.get(index) ?? this.#fetch(index);
      if (wait !== undefined) yield wait;
    }
  }

  /**
   * Copies any range into `into`: long ranges straight from the source, short ones cached.
   * @param isApart whether nothing near it will be read: of the source it is all that is asked for
   */
  *copy(offsetBytes: number, into: Uint8Array, isApart = false): Reading<void> {
    this.#requireThere(offsetBytes, into.length);
    if (isApart || into.length > this.#longestCopyBytes) {
      if (!isApart && this.#ahead?.copy(offsetBytes, into) === true) return;
      const wait = this.#source.read(offsetBytes, into);
      if (wait !== undefined) yield wait;
      return;
    }
    for (let done = 0; done < into.length;) {
      const at = offsetBytes + done;
      const size = Math.min(into.length - done, CHUNK_BYTES - at % CHUNK_BYTES);
      into.set(this.peek(at, size) ?? (yield* this.load(at, size)), done);
      done += size;
    }
  }

  /** Only an image that is cut short, and read all the same, has less than its blocks. */
  #requireThere(offsetBytes: number, countBytes: number): void {
    const { sizeBytes } = this.#source;
    if (offsetBytes + countBytes <= sizeBytes) return;
    const fields = { offset: offsetBytes, sizeBytes };
    throw corrupt("truncated", "the image", "it is cut short", fields);
  }

  #find(index: number): Chunk | undefined {
    const young = this.#young.get(index);
    if (young !== undefined) return young;
    const old = this.#old.get(index);
    if (old !== undefined) this.#keep(index, old);
    return old;
  }

  #keep(index: number, chunk: Chunk): void {
    if (this.#young.size >= this.#generationChunks) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(index, chunk);
  }

  /** Starts a read at `index`; returns nothing when it is done already. */
  #fetch(index: number): Promise<void> | undefined {
    const countChunks = this.#runLength(index);
    const offset = index * CHUNK_BYTES;
    const run = new Uint8Array(
      Math.min(countChunks * CHUNK_BYTES, this.#source.sizeBytes - offset),
    );
    const wait = this.#source.read(offset, run);
    if (wait === undefined) {
      this.#store(index, run, countChunks);
      return undefined;
    }
    const whole = wait.then(() => this.#store(index, run, countChunks)).finally(() => {
      for (let i = 0; i < countChunks; i++) this.#underWay.delete(index + i);
    });
    for (let i = 0; i < countChunks; i++) this.#underWay.set(index + i, whole);
    return whole;
  }

  #store(index: number, run: Uint8Array, runChunks: number): void {
    for (let i = 0; i < runChunks; i++) {
      const bytes = runChunks === 1 ? run : run.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
      this.#keep(index + i, { bytes, runChunks });
    }
  }

  #runLength(index: number): number {
    const before = this.#find(index - 1);
    const wanted = before === undefined
      ? this.#firstChunks
      : Math.min(2 * before.runChunks, this.#longestChunks);
    const last = Math.min(index + Math.max(wanted, 1), this.#countChunks);
    let end = index + 1;
    while (end < last && !this.#young.has(end) && !this.#old.has(end) && !this.#underWay.has(end)) {
      end++;
    }
    return end - index;
  }
}
