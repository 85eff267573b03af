/**
 * Compares the contents of two files.
 * @module
 */

import { Buffer } from "node:buffer";
import type { Breather } from "../../host/breathe.ts";
import type { Content } from "./content.ts";

const PIECE_BYTES = 1 << 20;

/** Compares file after file through two buffers. */
export class ContentComparison {
  readonly #a = new Uint8Array(PIECE_BYTES);
  readonly #b = new Uint8Array(PIECE_BYTES);

  /** @param onCompared Receives how many bytes were compared. */
  constructor(
    private readonly breather: Breather,
    private readonly onCompared: (bytes: number) => void,
  ) {}

  /**
   * Where two files of one size differ: `[start, end)` in bytes, and nothing where they do not.
   * @param toTheEnd Whether the last byte that differs is looked for; else the piece with the first
   * ends the comparison, and the range.
   */
  async difference(
    a: Content,
    b: Content,
    sizeBytes: number,
    toTheEnd: boolean,
  ): Promise<[startBytes: number, endBytes: number] | undefined> {
    let range: [number, number] | undefined;
    for (let offset = 0, length = 0; offset < sizeBytes; offset += length) {
      length = sizeBytes > PIECE_BYTES ? await holeLength(a, b, offset, sizeBytes) : 0;
      if (length > 0) {
        this.onCompared(length);
        if (this.breather.due) await this.breather.pause();
        continue;
      }
      length = Math.min(PIECE_BYTES, sizeBytes - offset);
      const [pieceA, pieceB] = [this.#a.subarray(0, length), this.#b.subarray(0, length)];
      const [readA, readB] = [a.read(offset, pieceA), b.read(offset, pieceB)];
      // Both are waited for, so that none is left running behind an error of the other.
      const counts = readA instanceof Promise || readB instanceof Promise
        ? await Promise.all([readA, readB])
        : [readA, readB];
      this.onCompared(length);
      // A file that became shorter differs from there on.
      if (counts[0] !== length || counts[1] !== length) return [range?.[0] ?? offset, sizeBytes];
      if (!sameBytes(pieceA, pieceB)) {
        const [start, end] = differingBytes(pieceA, pieceB);
        range = [range?.[0] ?? offset + start, offset + end];
        if (!toTheEnd) return range;
      }
      if (this.breather.due) await this.breather.pause();
    }
    return range;
  }
}

/** How long the hole is that both files have at a place. */
async function holeLength(
  a: Content,
  b: Content,
  offset: number,
  sizeBytes: number,
): Promise<number> {
  const nextInA = await a.nextData(offset);
  if (nextInA === offset) return 0;
  // The last byte is read in any case: it shows whether the file has become shorter.
  return Math.min(nextInA, await b.nextData(offset), sizeBytes - 1) - offset;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Of pieces of one length that are not the same. */
function differingBytes(a: Uint8Array, b: Uint8Array): [start: number, end: number] {
  const differs = (byte: number, i: number) => byte !== b[i];
  return [a.findIndex(differs), a.findLastIndex(differs) + 1];
}
