/**
 * What of each buffer of a ring is to be written, in memory that both threads see.
 * @module
 */

import { BUFFER_BYTES, COUNT_BUFFERS } from "../../host/threads/ring.ts";
import { HOLE_BYTES } from "./sink.ts";

/** Memory of the ranges; it can be posted to a worker. */
export interface RangeMemory {
  readonly counts: SharedArrayBuffer;
  readonly bounds: SharedArrayBuffer;
  readonly offsets: SharedArrayBuffer;
}

/** Between two lies a hole, of which the first and the last may be parts of longer ones. */
const MOST_RANGES = BUFFER_BYTES / HOLE_BYTES + 3;

/** Makes the memory of ranges. */
export function makeRangeMemory(): RangeMemory {
  return {
    counts: new SharedArrayBuffer(4 * COUNT_BUFFERS),
    bounds: new SharedArrayBuffer(2 * 4 * MOST_RANGES * COUNT_BUFFERS),
    offsets: new SharedArrayBuffer(8 * MOST_RANGES * COUNT_BUFFERS),
  };
}

/** The ranges, seen from either side; the ring says whose turn a buffer is. */
export class WriteRanges {
  readonly #counts: Int32Array;
  readonly #bounds: Uint32Array;
  readonly #offsets: Float64Array;

  constructor({ counts, bounds, offsets }: RangeMemory) {
    this.#counts = new Int32Array(counts);
    this.#bounds = new Uint32Array(bounds);
    this.#offsets = new Float64Array(offsets);
  }

  /**
   * Adds bytes `[start, end)` of a buffer.
   * @param index of the buffer in the ring
   * @param offsetBytes where in the image they go
   */
  add(index: number, start: number, end: number, offsetBytes: number): void {
    const count = this.#counts[index]!;
    if (count === MOST_RANGES) throw new Error("icecore bug: a buffer is written in many parts.");
    const slot = index * MOST_RANGES + count;
    this.#bounds[2 * slot] = start;
    this.#bounds[2 * slot + 1] = end;
    this.#offsets[slot] = offsetBytes;
    this.#counts[index] = count + 1;
  }

  /** Gives out the ranges of a buffer, and forgets them. */
  take(index: number, visit: (start: number, end: number, offsetBytes: number) => void): void {
    const first = index * MOST_RANGES;
    for (let slot = first; slot < first + this.#counts[index]!; slot++) {
      visit(this.#bounds[2 * slot]!, this.#bounds[2 * slot + 1]!, this.#offsets[slot]!);
    }
    this.#counts[index] = 0;
  }
}
