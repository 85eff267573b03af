/**
 * Digests of the record, for those who read many files of an image at the same time.
 *
 * The record keeps one stretch of its table at hand: between reading a stretch and taking a digest
 * out of it, nobody else may have another one read.
 * @module
 */

import type { ImageReader, Stat } from "icecore/read";
import { runtimeDigests } from "../../host/digests/hash.ts";
import { ContentCheck } from "../../image/content_check.ts";
import { hexOf } from "../../image/content_record.ts";
import type { ImageFile } from "../../image/image_file.ts";

const queues = new WeakMap<ImageReader, Promise<unknown>>();

/** The digest of a file in hex; `undefined` where none was recorded. */
export function recordedDigest(
  image: ImageReader,
  inode: Stat["inode"],
): Promise<string | undefined> {
  return inTurn(image, async () => {
    const record = await image.record();
    if (!record.hasDigests) return undefined;
    await record.prepare(inode);
    const digest = record.digestOf(inode);
    return digest && hexOf(digest);
  });
}

/** Compares files with the record while others are read as well. */
export class FileCheck {
  #check: ContentCheck | undefined;

  constructor(private readonly image: ImageReader) {}

  /** Begins with a file. @returns `undefined` where the image has no record */
  begin(file: ImageFile): Promise<ContentCheck | undefined> {
    return inTurn(this.image, async () => {
      const record = await this.image.record();
      if (!record.hasDigests) return undefined;
      this.#check ??= await ContentCheck.ofRecord(record, runtimeDigests("sha256"));
      await this.#check.begin(file);
      return this.#check;
    });
  }
}

/** Runs work when all that was asked of the record before is done. */
async function inTurn<T>(image: ImageReader, work: () => Promise<T>): Promise<T> {
  const before = queues.get(image) ?? Promise.resolve();
  const own = before.then(work);
  queues.set(image, own.catch(() => {}));
  return await own;
}
