/**
 * The indexes of the names of images, made when somebody is about to search.
 * @module
 */

import type { ImageReader } from "icecore/read";
import { NameIndex } from "./name_index.ts";

/** Of all images together: some million names. */
const MOST_BYTES = 64 << 20;

/** What is known of the names of images that lie on this machine. */
export class NameIndexes {
  readonly #indexes = new Map<ImageReader, NameIndex | "none">();

  /** @param signal Ends what is under way. */
  constructor(
    private readonly signal: AbortSignal,
    private readonly mostBytes: number = MOST_BYTES,
  ) {}

  /**
   * Begins with an index, unless there is one. Of a remote image it would be all metadata, for a
   * search that may never come.
   */
  prepare(image: ImageReader): void {
    if (this.#indexes.has(image) || image.traffic !== undefined) return;
    const left = this.#leftBytes;
    const index = new NameIndex();
    this.#indexes.set(image, index);
    // Whoever searches meets what is wrong, and says so.
    index.fill(image, left, this.signal).catch(() => false).then((isWhole) => {
      // Another one may have grown meanwhile.
      if (!isWhole || this.#leftBytes < 0) this.#indexes.set(image, "none");
    });
  }

  /** The index of an image, which may still grow; `undefined` where there is none. */
  of(image: ImageReader): NameIndex | undefined {
    const index = this.#indexes.get(image);
    return index === "none" ? undefined : index;
  }

  get #leftBytes(): number {
    let left = this.mostBytes;
    for (const index of this.#indexes.values()) if (index !== "none") left -= index.memoryBytes;
    return left;
  }
}
