/**
 * The indexes of the names of images, made when somebody is about to search.
 * @module
 */

import type { ImageReader } from "icecore/read";
import { NameIndex } from "./name_index.ts";

/** Of all images together: some million names. */
const MOST_BYTES = 64 << 20;
/** So long a search waits for an index that is being made, before it walks the image itself. */
const PATIENCE_MS = 150;

/** What is known of the names of images that lie on this machine. */
export class NameIndexes {
  readonly #made = new Map<ImageReader, NameIndex | "none">();
  readonly #underWay = new Map<ImageReader, Promise<void>>();

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
    const isKnown = this.#made.has(image) || this.#underWay.has(image);
    if (isKnown || image.traffic !== undefined) return;
    this.#underWay.set(image, this.#make(image));
  }

  /** The index of an image; `undefined` where there is none, or none yet. */
  async of(image: ImageReader): Promise<NameIndex | undefined> {
    const underWay = this.#underWay.get(image);
    if (underWay !== undefined) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((done) => timer = setTimeout(done, PATIENCE_MS));
      await Promise.race([underWay, late]);
      clearTimeout(timer);
    }
    const made = this.#made.get(image);
    return made === "none" ? undefined : made;
  }

  async #make(image: ImageReader): Promise<void> {
    try {
      const index = await NameIndex.of(image, this.#leftBytes, this.signal);
      // Another one may have been finished meanwhile.
      const fits = index !== undefined && index.memoryBytes <= this.#leftBytes;
      this.#made.set(image, fits ? index : "none");
    } catch {
      // Whoever searches meets what is wrong, and says so.
      this.#made.set(image, "none");
    } finally {
      this.#underWay.delete(image);
    }
  }

  get #leftBytes(): number {
    let left = this.mostBytes;
    for (const index of this.#made.values()) if (index !== "none") left -= index.memoryBytes;
    return left;
  }
}
