/**
 * Whether a file of the source holds what the base has recorded of it; the base is not read.
 * @module
 */

import { ContentDigest } from "../../ext4/content_digest.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { startDigests } from "../../host/digests/hash.ts";
import { refuseOwnFault } from "../../host/files/open_files.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { closeRead, type Descriptor, readAt } from "../../host/libc/files.ts";
import { SourceError } from "../../pipeline/build_errors.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { expectedFile, howChanged } from "../../source/file_change.ts";
import { settle } from "../../source/settling.ts";
import type { Pace } from "../pack/pace.ts";
import type { RecordedContents } from "./base_image.ts";

const PIECE_BYTES = 1 << 20;

/** Reads files of the source one after the other. */
export class ContentComparison {
  readonly #made = new Uint8Array(RECORD_DIGEST_BYTES);
  readonly #buffer = new Uint8Array(PIECE_BYTES);

  private constructor(
    private readonly source: ScannedSource,
    private readonly breather: Breather,
    private readonly pace: Pace | undefined,
    private readonly digest: ContentDigest,
  ) {}

  /** @param pace How fast files may be read; absent: as fast as they can. */
  static async of(
    source: ScannedSource,
    breather: Breather,
    pace?: Pace,
  ): Promise<ContentComparison> {
    return new ContentComparison(
      source,
      breather,
      pace,
      new ContentDigest(await startDigests("sha256")),
    );
  }

  /**
   * Whether a file still holds what was recorded. What cannot be read, or changes meanwhile, does
   * not: it is stored, and whoever reads it then reports why it could not be.
   */
  async isSame(row: TreeInode, recorded: RecordedContents): Promise<boolean> {
    const { mtime } = this.source.tree;
    await settle({ mtime, ctime: this.source.ctime }, row, this.breather);
    let file: Descriptor;
    try {
      file = this.source.open(row) as Descriptor;
    } catch (error) {
      return this.#isDifferent(row, error);
    }
    try {
      return await this.#hasDigest(file, row, recorded) &&
        howChanged(file, expectedFile(this.source, row)) === undefined;
    } catch (error) {
      return this.#isDifferent(row, error);
    } finally {
      closeRead(file);
    }
  }

  /** @throws what is not a fault of the file */
  #isDifferent(row: TreeInode, error: unknown): false {
    refuseOwnFault(error, this.source.pathOf(row));
    if (error instanceof SystemError || error instanceof SourceError) return false;
    throw error;
  }

  async #hasDigest(
    file: Descriptor,
    row: TreeInode,
    { digest, ranges }: RecordedContents,
  ): Promise<boolean> {
    const sizeBytes = this.source.tree.sizeBytes[row]!;
    let isWhole = true;
    this.digest.begin(sizeBytes, ranges !== undefined);
    try {
      for (const [start, end] of ranges ?? [[0, sizeBytes]]) {
        isWhole &&= await this.#read(file, start, end, (bytes, at) => {
          this.digest.add(bytes, at);
          return true;
        });
      }
    } finally {
      // In any case: the maker then begins anew, for the next file.
      this.digest.finishInto(this.#made, 0);
    }
    if (!isWhole || !this.#made.every((byte, i) => byte === digest[i])) return false;
    return ranges === undefined || await this.#isZeroBetween(file, row, ranges);
  }

  /** What the digest passes over was a hole: there must be no data in the source by now. */
  async #isZeroBetween(
    file: Descriptor,
    row: TreeInode,
    ranges: NonNullable<RecordedContents["ranges"]>,
  ): Promise<boolean> {
    const sizeBytes = this.source.tree.sizeBytes[row]!;
    const data = this.source.tree.dataRanges.get(row) ?? Float64Array.of(0, sizeBytes);
    for (let i = 0; i + 1 < data.length; i += 2) {
      const end = Math.min(data[i + 1]!, sizeBytes);
      let at = data[i]!;
      for (const [from, to] of [...ranges.filter(([, to]) => to > at), [end, end] as const]) {
        const until = Math.min(from, end);
        if (at < until && !await this.#read(file, at, until, isZero)) return false;
        at = Math.max(at, to);
        if (at >= end) break;
      }
    }
    return true;
  }

  /** @returns Whether all was there, and `take` was content with it. */
  async #read(
    file: Descriptor,
    start: number,
    end: number,
    take: (bytes: Uint8Array, at: number) => boolean,
  ): Promise<boolean> {
    for (let at = start; at < end;) {
      const piece = this.#buffer.subarray(0, Math.min(PIECE_BYTES, end - at));
      const count = readAt(file, piece, at);
      if (count === 0 || !take(piece.subarray(0, count), at)) return false;
      at += count;
      await this.pace?.take(count);
      if (this.breather.due) await this.breather.pause();
    }
    return true;
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
