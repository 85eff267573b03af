/**
 * Sorts more rows of numbers than memory holds: by stretches in memory, which are merged from a
 * file. Rows that are equal in their key stay in the order in which they were added.
 * @module
 */

import { RowHeap } from "./row_heap.ts";
import { ScratchFile } from "../files/scratch.ts";

/** Rows that are sorted at once: with four words each, 96 MB in all. */
const STRETCH_ROWS = 1 << 21;
/** Rows of each stretch that are read at once while they are merged. */
const PIECE_ROWS = 1 << 13;
const DIGITS = 1 << 16;

/** A stretch that was sorted, in the file. */
interface Stretch {
  readonly start: number;
  readonly countRows: number;
}

/** Rows of 32-bit numbers. Filled first, then read once, in order. */
export class SortedRows {
  readonly #stretchRows: number;
  #rows: Uint32Array;
  #count = 0;
  readonly #stretches: Stretch[] = [];
  #file: ScratchFile | undefined;
  #fileRows = 0;

  /**
   * @param width Numbers of a row.
   * @param countKeys How many of them, from the first on, are the key; the first counts most.
   * @param place What the file lies beside, where one is needed.
   * @param stretchRows How many rows are sorted at once.
   */
  constructor(
    private readonly width: number,
    private readonly countKeys: number,
    private readonly place: string,
    stretchRows = STRETCH_ROWS,
  ) {
    this.#stretchRows = stretchRows;
    this.#rows = new Uint32Array(Math.min(stretchRows, 1024) * width);
  }

  /** How many rows were added. */
  get countRows(): number {
    return this.#fileRows + this.#count;
  }

  /** Adds a row. */
  add(...row: readonly number[]): void {
    if (this.#count === this.#stretchRows) this.#flush();
    const at = this.#count++ * this.width;
    if (at + this.width > this.#rows.length) this.#grow();
    for (let i = 0; i < this.width; i++) this.#rows[at + i] = row[i]!;
  }

  /** All rows in order, as views that are valid until the next one. */
  *sorted(): Generator<Uint32Array> {
    if (this.#file === undefined) {
      yield* this.#inMemory();
      return;
    }
    this.#flush();
    this.#rows = new Uint32Array();
    yield* this.#merged(this.#file);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#rows = new Uint32Array();
  }

  *#inMemory(): Generator<Uint32Array> {
    const order = sortedOrder(this.#rows, this.#count, this.width, this.countKeys);
    for (const row of order) {
      yield this.#rows.subarray(row * this.width, (row + 1) * this.width);
    }
  }

  *#merged(file: ScratchFile): Generator<Uint32Array> {
    const readers = this.#stretches.map((stretch) => this.#readerOf(file, stretch));
    const heap = new RowHeap(this.countKeys);
    for (const [index, reader] of readers.entries()) {
      const row = reader.next();
      if (!row.done) heap.push({ row: row.value, index });
    }
    for (let top = heap.top; top !== undefined; top = heap.top) {
      yield top.row;
      const next = readers[top.index]!.next();
      if (next.done) heap.pop();
      else heap.replaceTop({ row: next.value, index: top.index });
    }
  }

  *#readerOf(file: ScratchFile, { start, countRows }: Stretch): Generator<Uint32Array> {
    const rowBytes = 4 * this.width;
    const piece = new Uint32Array(Math.min(PIECE_ROWS, countRows) * this.width);
    for (let done = 0; done < countRows;) {
      const count = Math.min(PIECE_ROWS, countRows - done);
      const bytes = new Uint8Array(piece.buffer, 0, count * rowBytes);
      file.read(bytes, (start + done) * rowBytes);
      for (let i = 0; i < count; i++) yield piece.subarray(i * this.width, (i + 1) * this.width);
      done += count;
    }
  }

  #flush(): void {
    if (this.#count === 0) return;
    this.#file ??= ScratchFile.nameless(this.place);
    const { width } = this;
    const order = sortedOrder(this.#rows, this.#count, width, this.countKeys);
    const sorted = new Uint32Array(this.#count * width);
    let at = 0;
    for (const row of order) {
      for (let i = 0; i < width; i++) sorted[at++] = this.#rows[row * width + i]!;
    }
    const bytes = new Uint8Array(sorted.buffer);
    this.#file.write(bytes, this.#fileRows * 4 * width);
    this.#stretches.push({ start: this.#fileRows, countRows: this.#count });
    this.#fileRows += this.#count;
    this.#count = 0;
  }

  #grow(): void {
    const rows = Math.min(this.#stretchRows, 2 * this.#rows.length / this.width);
    const grown = new Uint32Array(rows * this.width);
    grown.set(this.#rows);
    this.#rows = grown;
  }
}

/** The rows in order, by their digits of 16 bits from the last one of the key on. */
function sortedOrder(
  rows: Uint32Array,
  count: number,
  width: number,
  countKeys: number,
): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let other = new Uint32Array(count);
  const starts = new Uint32Array(DIGITS);
  for (let key = countKeys - 1; key >= 0; key--) {
    for (const shift of [0, 16]) {
      starts.fill(0);
      for (let row = 0; row < count; row++) starts[digitOf(rows[row * width + key]!, shift)]!++;
      // Most inodes lie on one file system, and have small numbers.
      if (starts.includes(count)) continue;
      let sum = 0;
      for (let digit = 0; digit < DIGITS; digit++) {
        const own = starts[digit]!;
        starts[digit] = sum;
        sum += own;
      }
      for (let i = 0; i < count; i++) {
        const row = order[i]!;
        other[starts[digitOf(rows[row * width + key]!, shift)]!++] = row;
      }
      [order, other] = [other, order];
    }
  }
  return order;
}

function digitOf(value: number, shift: number): number {
  return (value >>> shift) & (DIGITS - 1);
}
