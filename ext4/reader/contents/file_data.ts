/**
 * The contents of one file: any range of it, and where its data and holes lie.
 * @module
 */

import { UnsupportedFeatureError } from "../../image_errors.ts";
import type { BlockNumber, FileBlock } from "../../numbers.ts";
import { S_IFDIR } from "../../tree.ts";
import { corrupt } from "../corrupt.ts";
import { hasFlag, type Inode, isInline, isType } from "../inode/inode.ts";
import { hasRoCompat } from "../layout/geometry.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import type { BlockMap, Segment } from "./block_map.ts";
import { inlineContents } from "./inline_data.ts";
import { blockMapOf } from "./open_block_map.ts";

/** A run of bytes of a file, as far as they are all data or all hole. */
export interface ByteRun {
  readonly startBytes: number;
  readonly endBytes: number;
  readonly isHole: boolean;
  /** Where its data lies in the image, in bytes; `undefined` for a hole and within an inode. */
  readonly imageOffsetBytes: number | undefined;
}

/** The contents of an inode that is open. */
export class FileData {
  readonly sizeBytes: number;
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #inline: Uint8Array | undefined;
  readonly #map: BlockMap | undefined;
  #segment: Segment = { start: 0 as FileBlock, countBlocks: 0, block: 0 };
  /** Blocks met so far, and how far in the file they were counted. */
  #countMapped = 0;
  #countSegments = 0;
  #countedTo = 0;

  private constructor(
    volume: Volume,
    inode: Inode,
    inline: Uint8Array | undefined,
    map: BlockMap | undefined,
  ) {
    this.sizeBytes = inode.sizeBytes;
    this.#volume = volume;
    this.#inode = inode;
    this.#inline = inline;
    this.#map = map;
  }

  /**
   * Opens the contents of a file, a folder or a long symbolic link, encrypted or not.
   * @param isBrief whether it is done with at once: then the inode's bytes need not be copied, which
   * of a file that stays open would hold a whole chunk of the cache
   * @throws CorruptImageError when the head of the block map is broken
   */
  // deno-lint-ignore require-yield
  static *open(volume: Volume, inode: Inode, isBrief = false): Reading<FileData> {
    const own = isBrief ? inode : inode.detached();
    if (isInline(volume.geometry, own)) {
      return new FileData(volume, own, inlineContents(own), undefined);
    }
    return new FileData(volume, own, undefined, blockMapOf(volume, own));
  }

  /**
   * Reads from `offsetBytes` on into all of `into`, holes as zeros.
   * @param isApart whether nothing near them will be read
   * @returns bytes read: fewer than `into` has at the end of the file
   */
  *read(offsetBytes: number, into: Uint8Array, isApart = false): Reading<number> {
    const end = Math.min(offsetBytes + into.length, this.sizeBytes);
    if (offsetBytes >= end) return 0;
    if (this.#inline !== undefined) {
      const inline = this.#inline.subarray(offsetBytes, end);
      into.set(inline);
      into.fill(0, inline.length, end - offsetBytes);
      return end - offsetBytes;
    }
    for (let at = offsetBytes; at < end;) {
      const segment = yield* this.#segmentAt(at);
      const runEnd = Math.min(this.#endOf(segment), end);
      const target = into.subarray(at - offsetBytes, runEnd - offsetBytes);
      if (segment.block === 0) target.fill(0);
      else yield* this.#volume.cache.copy(this.#offsetOf(segment, at), target, isApart);
      at = runEnd;
    }
    return end - offsetBytes;
  }

  /** The run of data or hole that begins at `offsetBytes`; `undefined` at the end of the file. */
  *runAt(offsetBytes: number): Reading<ByteRun | undefined> {
    if (offsetBytes >= this.sizeBytes) return undefined;
    if (this.#inline !== undefined) {
      const isHole = offsetBytes >= this.#inline.length;
      const endBytes = isHole ? this.sizeBytes : this.#inline.length;
      return { startBytes: offsetBytes, endBytes, isHole, imageOffsetBytes: undefined };
    }
    const segment = yield* this.#segmentAt(offsetBytes);
    return {
      startBytes: offsetBytes,
      endBytes: Math.min(this.#endOf(segment), this.sizeBytes),
      isHole: segment.block === 0,
      imageOffsetBytes: segment.block === 0 ? undefined : this.#offsetOf(segment, offsetBytes),
    };
  }

  /**
   * The image's bytes of a block of the file from the cache, a view.
   * @returns `undefined` in a hole
   */
  *block(fileBlock: FileBlock): Reading<Uint8Array | undefined> {
    const size = this.#volume.geometry.blockSizeBytes;
    const segment = yield* this.#segmentAt(fileBlock * size);
    if (segment.block === 0) return undefined;
    const offset = this.#offsetOf(segment, fileBlock * size);
    return this.#volume.cache.peek(offset, size) ?? (yield* this.#volume.cache.load(offset, size));
  }

  *#segmentAt(offsetBytes: number): Reading<Segment> {
    const fileBlock = Math.floor(
      offsetBytes / this.#volume.geometry.blockSizeBytes,
    ) as FileBlock;
    const { start, countBlocks } = this.#segment;
    if (fileBlock >= start && fileBlock < start + countBlocks) return this.#segment;
    if (this.#map === undefined) {
      throw corrupt("inline-folder", "ext4_inode", "inline contents have no blocks", {
        inode: this.#inode.number,
      });
    }
    const segment = yield* this.#map.segmentAt(fileBlock);
    this.#count(segment);
    this.#segment = segment;
    return segment;
  }

  /** A map can lead to the same blocks again and again; no file has more than the image. */
  #count(segment: Segment): void {
    const end = segment.start + segment.countBlocks;
    if (end <= this.#countedTo) return;
    if (segment.block !== 0) {
      this.#countMapped += Math.min(segment.countBlocks, end - this.#countedTo);
    }
    this.#countedTo = end;
    this.#countSegments++;
    const { geometry } = this.#volume;
    // Data, holes between data, holes that a map block without pointers stands for.
    const isTooMany = this.#countSegments > 3 * geometry.countBlocks + 3;
    const isShared = hasRoCompat(geometry, "shared_blocks");
    if (!isTooMany && (isShared || this.#countMapped <= geometry.countBlocks)) return;
    throw corrupt("file-too-large", "ext4_inode", "the file has more blocks than the image", {
      inode: this.#inode.number,
      countBlocks: this.#countMapped,
      s_blocks_count: geometry.countBlocks,
    });
  }

  #endOf(segment: Segment): number {
    return (segment.start + segment.countBlocks) * this.#volume.geometry.blockSizeBytes;
  }

  #offsetOf(segment: Segment, offsetBytes: number): number {
    const size = this.#volume.geometry.blockSizeBytes;
    return (segment.block as BlockNumber) * size + offsetBytes - segment.start * size;
  }
}

/** Refuses what would come out as gibberish without a key. */
export function requirePlain(inode: Inode): void {
  if (hasFlag(inode, "encrypt")) throw encrypted(inode);
}

/** An error about contents that are encrypted; those of a folder are names. */
export function encrypted(inode: Inode): UnsupportedFeatureError {
  const what = isType(inode, S_IFDIR) ? "what is in it is encrypted" : "it is encrypted";
  return new UnsupportedFeatureError(
    ["encrypt"],
    `cannot read inode ${inode.number}: ${what}. Mount the image and unlock it with its key.`,
  );
}
