/**
 * Copies the contents of files out of an image, holes as holes.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { type Descriptor, readFullyAt, truncate, writeAllAt } from "../../host/libc/files.ts";
import type { ContentCheck } from "../content_check.ts";
import type { ImageFile } from "../image_file.ts";
import type { ImageReader } from "../image_reader.ts";
import type { BlockCloner } from "./block_cloner.ts";

/** Long enough that a server is asked seldom. */
const PIECE_BYTES = 2 << 20;
/** Short enough that what was read is compared and written while it lies in a processor's cache. */
const LOCAL_PIECE_BYTES = 256 << 10;
/** Up to this many blocks, four extents in the inode describe all: no block of a map is counted. */
const FEW_BLOCKS = 5;

/** Copies one file after the other through one buffer. */
export class ContentCopier {
  readonly #piece: Uint8Array;

  /**
   * @param cloner Clones what need not be copied.
   * @param check Compares what is copied with the record, if there is one.
   * @param onCopied Receives how many bytes were read and written.
   * @param rest Called now and then within a long file.
   */
  constructor(
    private readonly image: ImageReader,
    private readonly cloner: BlockCloner,
    private readonly check: ContentCheck | undefined,
    private readonly breather: Breather,
    private readonly onCopied: (bytes: number) => void,
    private readonly rest: () => Promise<void>,
  ) {
    const isLocal = image.storage?.file !== undefined;
    this.#piece = new Uint8Array(isLocal ? LOCAL_PIECE_BYTES : PIECE_BYTES);
  }

  /**
   * Fills an empty file.
   * @returns false where its contents are not what was recorded
   * @throws CorruptImageError; SystemError when it cannot be written
   */
  async copy(row: TreeInode, inode: InodeNumber, to: Descriptor): Promise<boolean> {
    const file = await this.image.openFile(inode);
    const cloned = this.cloner.isWorth(file.stat.sizeBytes)
      ? await this.cloner.clone(row, inode, to)
      : undefined;
    if (cloned?.from === "twin") {
      if (await this.#isWhole(file, to)) return true;
      truncate(to, 0);
    }
    await this.check?.begin(file);
    await this.#copyAll(file, to, cloned?.from === "image" ? cloned.ranges : []);
    return this.check?.finish() ?? true;
  }

  /** Whether what was cloned from another file is what was recorded: somebody may have changed it. */
  async #isWhole(file: ImageFile, to: Descriptor): Promise<boolean> {
    if (this.check === undefined) return false;
    const { sizeBytes } = file.stat;
    const pieceBytes = this.#piece.length;
    await this.check.begin(file);
    for (let offset = 0; offset < sizeBytes; offset += pieceBytes) {
      const piece = this.#piece.subarray(0, Math.min(pieceBytes, sizeBytes - offset));
      readFullyAt(to, piece, offset);
      this.check.add(piece, offset);
      if (this.breather.due) await this.rest();
    }
    if (!this.check.finish()) return false;
    this.onCopied(sizeBytes);
    return true;
  }

  /** @param cloned ranges that need not be written, as pairs */
  async #copyAll(file: ImageFile, to: Descriptor, cloned: readonly number[]): Promise<void> {
    const { sizeBytes } = file.stat;
    if (this.#hasNoHoles(file)) return await this.#copyRange(file, 0, sizeBytes, to, cloned);
    // First the size: a file system that cannot hold it says so before anything is copied.
    truncate(to, sizeBytes);
    for await (const { startBytes, endBytes } of file.dataRanges()) {
      await this.#copyRange(file, startBytes, Math.min(endBytes, sizeBytes), to, cloned);
    }
  }

  /** Where the inode alone suffices. */
  #hasNoHoles({ stat }: ImageFile): boolean {
    const { blockSizeBytes } = this.image.info;
    return stat.sizeBytes <= FEW_BLOCKS * blockSizeBytes &&
      stat.allocatedBytes === Math.ceil(stat.sizeBytes / blockSizeBytes) * blockSizeBytes;
  }

  async #copyRange(
    file: ImageFile,
    start: number,
    end: number,
    to: Descriptor,
    cloned: readonly number[],
  ): Promise<void> {
    const pieceBytes = this.#piece.length;
    for (let offset = start; offset < end; offset += pieceBytes) {
      const piece = this.#piece.subarray(0, Math.min(pieceBytes, end - offset));
      const reading = file.read(offset, piece);
      if (reading instanceof Promise) await reading;
      this.check?.add(piece, offset);
      for (const [from, until] of without(cloned, offset, offset + piece.length)) {
        writeAllAt(to, piece.subarray(from - offset, until - offset), from);
      }
      this.onCopied(piece.length);
      if (offset + pieceBytes < end && this.breather.due) await this.rest();
    }
  }
}

/** What of `[start, end)` lies in none of the ranges, which ascend. */
function* without(
  ranges: readonly number[],
  start: number,
  end: number,
): Generator<readonly [start: number, end: number]> {
  let at = start;
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const [from, to] = [ranges[i]!, ranges[i + 1]!];
    if (to <= at) continue;
    if (from >= end) break;
    if (from > at) yield [at, from];
    at = to;
  }
  if (at < end) yield [at, end];
}
