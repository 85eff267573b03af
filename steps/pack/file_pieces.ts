/**
 * Which pieces of which files lie in each buffer of a ring, in memory that both threads see.
 * @module
 */

import { BUFFER_BYTES, COUNT_BUFFERS } from "../../host/threads/ring.ts";

/** A piece of a file in a buffer. */
export interface FilePiece {
  /** Inode of the image; 0 says that no piece of the file before follows. */
  readonly number: number;
  /** Where in the buffer it begins. */
  readonly start: number;
  readonly lengthBytes: number;
  /** Where in the file it begins. */
  readonly offsetBytes: number;
  /** Of the whole file. */
  readonly sizeBytes: number;
  readonly hasLongHoles: boolean;
}

/** Memory of the pieces; it can be posted to a worker. */
export interface PieceMemory {
  readonly counts: SharedArrayBuffer;
  readonly ints: SharedArrayBuffer;
  readonly floats: SharedArrayBuffer;
}

/** Every piece takes a block of 1 KiB or more, but for the last of a buffer; then one may end it. */
const MOST_PIECES = BUFFER_BYTES / 1024 + 2;
const INTS = 4;
const FLOATS = 2;

/** Makes the memory of pieces. */
export function makePieceMemory(): PieceMemory {
  const countSlots = COUNT_BUFFERS * MOST_PIECES;
  return {
    counts: new SharedArrayBuffer(4 * COUNT_BUFFERS),
    ints: new SharedArrayBuffer(4 * INTS * countSlots),
    floats: new SharedArrayBuffer(8 * FLOATS * countSlots),
  };
}

/** The pieces, seen from either side; the ring says whose turn a buffer is. */
export class FilePieces {
  readonly #counts: Int32Array;
  readonly #ints: Uint32Array;
  readonly #floats: Float64Array;

  constructor({ counts, ints, floats }: PieceMemory) {
    this.#counts = new Int32Array(counts);
    this.#ints = new Uint32Array(ints);
    this.#floats = new Float64Array(floats);
  }

  /** Begins a buffer anew. @param index of the buffer in the ring */
  clear(index: number): void {
    this.#counts[index] = 0;
  }

  /** Adds a piece to a buffer, behind those before it. */
  add(index: number, piece: FilePiece): void {
    const count = this.#counts[index]!;
    if (count === MOST_PIECES) throw new Error("icecore bug: a buffer holds too many pieces.");
    const slot = index * MOST_PIECES + count;
    // One by one: an array for them would be made for each file.
    const int = slot * INTS;
    this.#ints[int] = piece.number;
    this.#ints[int + 1] = piece.start;
    this.#ints[int + 2] = piece.lengthBytes;
    this.#ints[int + 3] = piece.hasLongHoles ? 1 : 0;
    this.#floats[slot * FLOATS] = piece.offsetBytes;
    this.#floats[slot * FLOATS + 1] = piece.sizeBytes;
    this.#counts[index] = count + 1;
  }

  /** The pieces of a buffer, in order. */
  *of(index: number): Generator<FilePiece> {
    const count = this.#counts[index]!;
    for (let slot = index * MOST_PIECES; slot < index * MOST_PIECES + count; slot++) {
      const int = slot * INTS;
      yield {
        number: this.#ints[int]!,
        start: this.#ints[int + 1]!,
        lengthBytes: this.#ints[int + 2]!,
        offsetBytes: this.#floats[slot * FLOATS]!,
        sizeBytes: this.#floats[slot * FLOATS + 1]!,
        hasLongHoles: this.#ints[int + 3] === 1,
      };
    }
  }
}
