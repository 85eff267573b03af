/**
 * Typed arrays that grow.
 * @module
 */

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Small columns grow in few steps, large ones in small steps: what is copied is garbage. */
const FEW_BYTES = 2 ** 17;
const MANY_BYTES = 2 ** 20;

/** A column of numbers; reading past what was written gives 0. */
export class Column<A extends NumberArray> {
  #array: A;

  /** @param make Makes an array of a length, all zeros: `(n) => new Uint32Array(n)`. */
  constructor(private readonly make: (length: number) => A, initialLength = 1024) {
    this.#array = make(initialLength);
  }

  /** The array as it is now; growing replaces it. */
  get array(): A {
    return this.#array;
  }

  /** Writes a row, growing the column by half where needed. */
  set(row: number, value: number): void {
    if (row >= this.#array.length) this.#grow(row + 1);
    this.#array[row] = value;
  }

  /**
   * The array, with room for a row: for those who write many columns, each at a place of its own,
   * which is compiled for that kind of array alone.
   */
  withRoom(row: number): A {
    if (row >= this.#array.length) this.#grow(row + 1);
    return this.#array;
  }

  /** Writes bytes or numbers from a row on. */
  setAll(row: number, values: ArrayLike<number>): void {
    if (row + values.length > this.#array.length) this.#grow(row + values.length);
    this.#array.set(values, row);
  }

  /** Writes a part of an array: for short ones, of which no view need be made. */
  setPart(row: number, values: ArrayLike<number>, start: number, end: number): void {
    const afterLast = row + end - start;
    if (afterLast > this.#array.length) this.#grow(afterLast);
    const array = this.#array;
    for (let i = start; i < end; i++) array[row + i - start] = values[i]!;
  }

  #grow(needed: number): void {
    const { length, byteLength } = this.#array;
    const factor = byteLength < FEW_BYTES ? 4 : byteLength < MANY_BYTES ? 2 : 1.5;
    const grown = this.make(Math.max(needed, Math.ceil(length * factor)));
    grown.set(this.#array);
    this.#array = grown;
  }
}

/** A column of whole numbers up to 2^53, which takes twice the memory from the first on that needs it. */
export class WholeColumn {
  #narrow: Column<Uint32Array> | undefined;
  #wide: Column<Float64Array> | undefined;

  constructor(private readonly initialLength?: number) {
    this.#narrow = u32Column(initialLength);
  }

  /** The number of a row that was written. */
  at(row: number): number {
    return (this.#narrow ?? this.#wide!).array[row]!;
  }

  /** Writes a row, behind all that were written before. */
  set(row: number, value: number): void {
    if (this.#narrow !== undefined && value > 0xffff_ffff) this.#widen(this.#narrow.array, row);
    (this.#narrow ?? this.#wide!).set(row, value);
  }

  #widen(narrow: Uint32Array, countRows: number): void {
    this.#wide = f64Column(Math.max(this.initialLength ?? 0, countRows));
    this.#wide.setPart(0, narrow, 0, Math.min(countRows, narrow.length));
    this.#narrow = undefined;
  }
}

/** A column of bytes. */
export const byteColumn = (rows?: number): Column<Uint8Array> =>
  new Column((n) => new Uint8Array(n), rows);
/** A column of 16-bit numbers. */
export const u16Column = (rows?: number): Column<Uint16Array> =>
  new Column((n) => new Uint16Array(n), rows);
/** A column of 32-bit numbers. */
export const u32Column = (rows?: number): Column<Uint32Array> =>
  new Column((n) => new Uint32Array(n), rows);
/** A column of numbers up to 2^53. */
export const f64Column = (rows?: number): Column<Float64Array> =>
  new Column((n) => new Float64Array(n), rows);
