/**
 * Which pieces of which files lie in each buffer of a ring, in memory that both threads see.
 * @module
 */

import { COUNT_BUFFERS, type RingMemory } from "../../host/threads/ring.ts";

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
  /** Of one buffer. */
  readonly mostPieces: number;
}

/** Every piece takes a block or more, but for the last of a buffer; then one may end it. */
const LEAST_PIECE_BYTES = 1024;
const INTS = 4;
const FLOATS = 2;

/** Makes the memory of pieces, for the buffers of a ring. */
export function makePieceMemory({ bufferBytes }: RingMemory): PieceMemory {
  const mostPieces = bufferBytes / LEAST_PIECE_BYTES + 2;
  const countSlots = COUNT_BUFFERS * mostPieces;
  return {
    counts: new SharedArrayBuffer(4 * COUNT_BUFFERS),
    ints: new SharedArrayBuffer(4 * INTS * countSlots),
    floats: new SharedArrayBuffer(8 * FLOATS * countSlots),
    mostPieces,
  };
}

/** The pieces, seen from either side; the ring says whose turn a buffer is. */
export class FilePieces {
  readonly #counts: Int32Array;
  readonly #ints: Uint32Array;
  readonly #floats: Float64Array;
  readonly #mostPieces: number;

  constructor({ counts, ints, floats, mostPieces }: PieceMemory) {
    this.#counts = new Int32Array(counts);
    this.#ints = new Uint32Array(ints);
    this.#floats = new Float64Array(floats);
    this.#mostPieces = mostPieces;
  }

  /** Begins a buffer anew. @param index of the buffer in the ring */
  clear(index: number): void {
    this.#counts[index] = 0;
  }

  /** Adds a piece to a buffer, behind those before it. */
  add(index: number, piece: FilePiece): void {
    const count = this.#counts[index]!;
    if (count === this.#mostPieces) throw new Error("icecore bug: a buffer holds too many pieces.");
    const slot = index * this.#mostPieces + count;
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
    for (let slot = index * this.#mostPieces; slot < index * this.#mostPieces + count; slot++) {
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
