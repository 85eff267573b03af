/**
 * What lies behind a file's end, in its last block: zeros, as icecore and the kernel write them.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";

/** A place in the image, as `[start, end)` in bytes. */
export type ImageRange = readonly [startBytes: number, endBytes: number];

/** The end of a last block that does not hold zeros. */
export interface DirtyTail {
  readonly inode: number;
  /** From the first byte that is not zero to behind the last. */
  readonly range: ImageRange;
}

/** Bytes as words as well: behind a million small files most of an image is tails. */
export class TailBytes {
  readonly #words: Int32Array;

  /** @param bytes begin at a multiple of four, as buffers do */
  constructor(private readonly bytes: Uint8Array) {
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  }

  /**
   * Where bytes of `[start, end)` are not zero: from the first to behind the last.
   * @param offsetBytes of the bytes in the image
   * @returns `undefined` where all are zeros
   */
  dirtyRange(start: number, end: number, offsetBytes: number): ImageRange | undefined {
    const { bytes } = this;
    const stop = Math.min(end, bytes.length);
    let first = start;
    while (first < stop && (first & 3) !== 0 && bytes[first] === 0) first++;
    if ((first & 3) === 0) first = this.#endOfZeroWords(first, stop);
    while (first < stop && bytes[first] === 0) first++;
    if (first >= stop) return undefined;
    let last = stop;
    while (bytes[last - 1] === 0) last--;
    return [offsetBytes + first, offsetBytes + last];
  }

  /** The first byte of the first word that is not zero, or of the last before `stop`. */
  #endOfZeroWords(from: number, stop: number): number {
    const words = this.#words;
    const behind = stop >>> 2;
    let word = from >>> 2;
    while (word < behind && words[word] === 0) word++;
    return Math.max(from, 4 * word);
  }
}

/** Reads what lies behind the end of a file. @param endBytes of the file's data in the image */
export async function readTail(
  source: HostBlockSource,
  inode: number,
  endBytes: number,
  blockSizeBytes: number,
): Promise<DirtyTail | undefined> {
  const blockEnd = Math.ceil(endBytes / blockSizeBytes) * blockSizeBytes;
  if (blockEnd === endBytes) return undefined;
  const tail = new Uint8Array(blockEnd - endBytes);
  await source.read(endBytes, tail);
  const range = new TailBytes(tail).dirtyRange(0, tail.length, endBytes);
  return range && { inode, range };
}
