/**
 * Pieces of an image that were decrypted or unpacked, of which more may be wanted soon.
 * @module
 */

/** Keeps those that were used last. */
export class KeptPieces {
  readonly #pieces = new Map<number, Uint8Array>();
  #sizeBytes = 0;

  /** @param mostBytes The last piece is kept however large it is. */
  constructor(private readonly mostBytes: number) {}

  get(index: number): Uint8Array | undefined {
    const piece = this.#pieces.get(index);
    if (piece === undefined) return undefined;
    // A map keeps the order in which keys came: the first is the one that rested longest.
    this.#pieces.delete(index);
    this.#pieces.set(index, piece);
    return piece;
  }

  add(index: number, piece: Uint8Array): void {
    this.#sizeBytes += piece.length - (this.#pieces.get(index)?.length ?? 0);
    this.#pieces.delete(index);
    for (const [oldest, { length }] of this.#pieces) {
      if (this.#sizeBytes <= this.mostBytes) break;
      this.#pieces.delete(oldest);
      this.#sizeBytes -= length;
    }
    this.#pieces.set(index, piece);
  }
}
