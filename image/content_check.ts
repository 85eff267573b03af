/**
 * Compares what is read of files with the record of their image, as it is read.
 * @module
 */

import { ContentDigest, type DigestMaker } from "../ext4/content_digest.ts";
import { CorruptImageError } from "../ext4/image_errors.ts";
import type { InodeNumber } from "../ext4/numbers.ts";
import { hasLongHoles } from "../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../ext4/structs/record.ts";
import { startDigests } from "../host/digests/hash.ts";
import { DamagedFileError } from "../pipeline/build_errors.ts";
import type { ImageFile } from "./image_file.ts";
import type { ImageReader } from "./image_reader.ts";
import type { ImageRecord } from "./image_record.ts";

/** Data of a file, as pairs `[start, end)` in bytes, ascending, cut at the file's end. */
type DataRanges = readonly (readonly [start: number, end: number])[];

/** Checks one file after the other; each must be read whole, from front to back. */
export class ContentCheck {
  readonly #digest: ContentDigest;
  readonly #made = new Uint8Array(RECORD_DIGEST_BYTES);
  #expected: Uint8Array | undefined;
  /** Only of a file whose holes are passed over. */
  #ranges: DataRanges | undefined;
  /** A file was begun, and not finished: it may have turned out to be broken. */
  #isUnfinished = false;

  private constructor(private readonly record: ImageRecord, digest: ContentDigest) {
    this.#digest = digest;
  }

  /** @returns `undefined` where the image has no record */
  static async of(image: ImageReader): Promise<ContentCheck | undefined> {
    const record = await image.record();
    return record.hasDigests ? await ContentCheck.ofRecord(record) : undefined;
  }

  /** A check against a record that has digests. @param maker Of SHA-256. */
  static async ofRecord(record: ImageRecord, maker?: DigestMaker): Promise<ContentCheck> {
    return new ContentCheck(record, new ContentDigest(maker ?? await startDigests("sha256")));
  }

  /** Begins a file. */
  async begin(file: ImageFile): Promise<void> {
    const { inode, sizeBytes } = file.stat;
    await this.record.prepare(inode);
    this.#expected = this.record.digestOf(inode);
    if (this.#expected === undefined) return;
    this.#ranges = await dataBetweenLongHoles(file);
    this.#giveUpUnfinished();
    this.#isUnfinished = true;
    this.#digest.begin(sizeBytes, this.#ranges !== undefined);
  }

  /** Takes contents, holes as zeros or passed over, in ascending order. */
  add(bytes: Uint8Array, offsetBytes: number): void {
    if (this.#expected === undefined) return;
    if (this.#ranges === undefined) return this.#digest.add(bytes, offsetBytes);
    const endBytes = offsetBytes + bytes.length;
    for (const [start, end] of this.#ranges) {
      const [from, to] = [Math.max(start, offsetBytes), Math.min(end, endBytes)];
      if (from < to) this.#digest.add(bytes.subarray(from - offsetBytes, to - offsetBytes), from);
    }
  }

  /** Ends a file. @returns false when its contents are not what was recorded */
  finish(): boolean {
    if (this.#expected === undefined) return true;
    this.#isUnfinished = false;
    this.#digest.finishInto(this.#made, 0);
    return this.#isSame();
  }

  /** Checks a file that lies in memory whole; its digest must have been loaded. */
  matches(inode: InodeNumber, contents: Uint8Array): boolean {
    this.#expected = this.record.digestOf(inode);
    this.#ranges = undefined;
    if (this.#expected === undefined) return true;
    this.#giveUpUnfinished();
    this.#digest.begin(contents.length, false);
    this.#digest.add(contents, 0);
    this.#digest.finishInto(this.#made, 0);
    return this.#isSame();
  }

  /** What a file's digest is to be, for others to check; it must have been loaded. */
  expectedOf(inode: InodeNumber): Uint8Array | undefined {
    return this.record.digestOf(inode);
  }

  #giveUpUnfinished(): void {
    if (this.#isUnfinished) this.#digest.finishInto(this.#made, 0);
    this.#isUnfinished = false;
  }

  #isSame(): boolean {
    const made = this.#made;
    const expected = this.#expected!;
    for (let i = 0; i < made.length; i++) if (made[i] !== expected[i]) return false;
    return true;
  }
}

/**
 * What to say of a file that differs from the record of its image.
 * @param path as it is shown
 * @returns `undefined` where the record cannot be relied on
 */
export async function damageOf(
  image: ImageReader,
  path: string,
  inode: InodeNumber,
): Promise<DamagedFileError | undefined> {
  const { state } = await (await image.record()).verdict(inode);
  return state === "sound" ? new DamagedFileError(path) : undefined;
}

/** The same as damage to be left out, for those who would rather have the rest than nothing. */
export function asBroken({ message }: DamagedFileError): CorruptImageError {
  return new CorruptImageError("content-digest", "contents", message);
}

/** Whether a file's digest may pass its holes over, by its inode alone. */
export function mayHaveLongHoles(
  { sizeBytes, allocatedBytes }: Pick<ImageFile["stat"], "sizeBytes" | "allocatedBytes">,
): boolean {
  // Blocks of its map count as allocated; they are few, and half of this bound is far off.
  return hasLongHoles(sizeBytes, Math.min(allocatedBytes, sizeBytes) / 2);
}

/** The data of a file whose digest passes its holes over; `undefined` where it does not. */
export async function dataBetweenLongHoles(file: ImageFile): Promise<DataRanges | undefined> {
  if (!mayHaveLongHoles(file.stat)) return undefined;
  const { sizeBytes } = file.stat;
  const ranges: [number, number][] = [];
  let dataBytes = 0;
  for await (const { startBytes, endBytes } of file.dataRanges()) {
    const end = Math.min(endBytes, sizeBytes);
    ranges.push([startBytes, end]);
    dataBytes += end - startBytes;
  }
  return hasLongHoles(sizeBytes, dataBytes) ? ranges : undefined;
}
