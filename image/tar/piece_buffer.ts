/**
 * Gathers the small parts of an archive into large pieces.
 * @module
 */

const PIECE_BYTES = 1 << 20;
/** Room for the longest header; data never goes into it. */
const SPARE_BYTES = 1 << 17;

/** A buffer that is filled, and taken when it is full. */
export class PieceBuffer {
  #bytes = new Uint8Array(PIECE_BYTES + SPARE_BYTES);
  #used = 0;
  #taken = 0;

  /** Bytes put into it so far. */
  get countBytes(): number {
    return this.#taken + this.#used;
  }

  /** Adds bytes. @returns whether it is to be taken now. */
  put(bytes: Uint8Array): boolean {
    if (this.#used + bytes.length > this.#bytes.length) {
      // A map of a file with very many holes.
      const larger = new Uint8Array(this.#used + bytes.length + PIECE_BYTES);
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#used);
    return this.advance(bytes.length);
  }

  /** Where further bytes may be written, at most so many and at least one; see `advance`. */
  space(mostBytes: number): Uint8Array {
    return this.#bytes.subarray(this.#used, Math.min(this.#used + mostBytes, this.#bytes.length));
  }

  /** Says that bytes were written to `space`. @returns whether it is to be taken now. */
  advance(countBytes: number): boolean {
    this.#used += countBytes;
    return this.#used >= PIECE_BYTES;
  }

  /** All that is in it, valid until something is put. */
  take(): Uint8Array {
    const piece = this.#bytes.subarray(0, this.#used);
    this.#taken += this.#used;
    this.#used = 0;
    return piece;
  }
}
