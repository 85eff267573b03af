/**
 * The parts of a file that could not be read, as a sentence.
 * @module
 */

import { counted } from "../pipeline/words/counted.ts";

/** Named; the others are counted. */
const MOST_NAMED = 8;

/** Collects ranges in their order. */
export class LostRanges {
  readonly #ranges: { readonly start: number; end: number }[] = [];

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Adds `[start, end)`, not before what was added. */
  add(start: number, end: number): void {
    const last = this.#ranges.at(-1);
    if (last?.end === start) last.end = end;
    else this.#ranges.push({ start, end });
  }

  /** E.g. `bytes 0–511, 1024–1535`. */
  toString(): string {
    const named = this.#ranges.slice(0, MOST_NAMED)
      .map(({ start, end }) => `${start}–${end - 1}`).join(", ");
    const rest = this.#ranges.slice(MOST_NAMED);
    if (rest.length === 0) return `bytes ${named}`;
    const bytes = rest.reduce((sum, { start, end }) => sum + end - start, 0);
    return `bytes ${named}, and ${bytes.toLocaleString("en")} more in ` +
      counted(rest.length, "other place");
  }
}
