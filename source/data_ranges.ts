/**
 * Where the data of a file with holes lies.
 * @module
 */

import type { Breather } from "../host/breathe.ts";
import { type Descriptor, seek } from "../host/libc/files.ts";

/** So many are looked for at once. */
const RANGES_AT_ONCE = 256;
/** More take more memory than their holes are worth: from there on, the file is data. */
const MOST_RANGES = 2 ** 22;

/**
 * The data of an open file as pairs `[start, end)` in bytes.
 *
 * @returns `undefined` when it has no holes; an empty array when it is all hole. A promise where
 * there are many, between which the event loop runs.
 * @throws SystemError when the file system cannot say.
 */
export function dataRangesOf(
  file: Descriptor,
  sizeBytes: number,
  breather: Breather,
): Float64Array | undefined | Promise<Float64Array | undefined> {
  const search = new Search(file, sizeBytes);
  return search.goOn() ? search.result : finish(search, breather);
}

async function finish(search: Search, breather: Breather): Promise<Float64Array | undefined> {
  while (!search.goOn()) if (breather.due) await breather.pause();
  return search.result;
}

class Search {
  readonly #bounds: number[] = [];
  #offset = 0;

  constructor(private readonly file: Descriptor, private readonly sizeBytes: number) {}

  /** Looks for some more. @returns Whether that were the last. */
  goOn(): boolean {
    const { file, sizeBytes } = this;
    for (let i = 0; i < RANGES_AT_ONCE; i++) {
      if (this.#offset >= sizeBytes) return true;
      const start = seek(file, this.#offset, "data");
      if (start < 0 || start >= sizeBytes) return true;
      const isLast = this.#bounds.length >= 2 * MOST_RANGES;
      const end = isLast ? sizeBytes : Math.min(seek(file, start, "hole"), sizeBytes);
      // A file system that goes round in circles knows nothing of holes: all from there is data.
      const goesOn = start >= this.#offset && end > start;
      this.#add(goesOn ? start : this.#offset, goesOn ? end : sizeBytes);
    }
    return false;
  }

  get result(): Float64Array | undefined {
    const [start, end, ...more] = this.#bounds;
    const isWhole = start === 0 && end === this.sizeBytes && more.length === 0;
    return isWhole ? undefined : Float64Array.from(this.#bounds);
  }

  /** Ranges do not touch. */
  #add(start: number, end: number): void {
    if (this.#bounds.length > 0 && this.#bounds.at(-1) === start) this.#bounds.pop();
    else this.#bounds.push(start);
    this.#bounds.push(end);
    this.#offset = end;
  }
}
