/**
 * A typed array that grows at its end.
 * @module
 */

type Typed = Uint8Array | Uint32Array | Float64Array;

const FIRST_ROOM = 256;

/** Numbers of one kind. */
export class Column<T extends Typed> {
  #values: T;
  #length = 0;

  /** @param make The kind of array. */
  constructor(private readonly make: new (length: number) => T) {
    this.#values = new make(FIRST_ROOM);
  }

  /** Numbers in it. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that it takes. */
  get memoryBytes(): number {
    return this.#values.byteLength;
  }

  /** One of them. */
  at(index: number): number {
    return this.#values[index]!;
  }

  /** Adds one. */
  push(value: number): void {
    this.#makeRoom(1);
    this.#values[this.#length++] = value;
  }

  /** Adds several. */
  append(values: ArrayLike<number>): void {
    this.#makeRoom(values.length);
    this.#values.set(values, this.#length);
    this.#length += values.length;
  }

  /** Some of them, as a view. */
  part(start: number, end: number): T {
    return this.#values.subarray(start, end) as T;
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#values.length) return;
    const larger = new this.make(Math.max(needed, Math.ceil(1.5 * this.#values.length)));
    larger.set(this.#values);
    this.#values = larger;
  }
}
