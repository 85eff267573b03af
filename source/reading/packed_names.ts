/**
 * Names back to back, each with its NUL: many of them are posted as one array, and no object is made
 * for each.
 * @module
 */

/** Goes through names once, from the first to the last. */
export class PackedNames implements Iterable<Uint8Array> {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  /** The next name with its NUL, as a view. */
  get next(): Uint8Array {
    return this.bytes.subarray(this.#at, this.#endOf(this.#at));
  }

  /** Goes on by so many names, or to the end. @returns them, packed, as a view */
  take(count: number): Uint8Array {
    const start = this.#at;
    for (let i = 0; i < count && !this.isAtEnd; i++) this.#at = this.#endOf(this.#at);
    return this.bytes.subarray(start, this.#at);
  }

  /** All that follow, with their NUL, as views. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    while (!this.isAtEnd) yield this.take(1);
  }

  #endOf(start: number): number {
    return this.bytes.indexOf(0, start) + 1;
  }
}
