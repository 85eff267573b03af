/**
 * The smallest of several rows, one of each stretch that is merged.
 * @module
 */

/** The next row of a stretch. */
export interface HeapRow {
  readonly row: Uint32Array;
  /** Which stretch; of equal rows, that of the earlier one comes first. */
  readonly index: number;
}

/** A heap of rows. */
export class RowHeap {
  readonly #rows: HeapRow[] = [];

  /** @param countKeys How many numbers of a row are its key. */
  constructor(private readonly countKeys: number) {}

  /** The smallest; `undefined` where there are none. */
  get top(): HeapRow | undefined {
    return this.#rows[0];
  }

  push(added: HeapRow): void {
    this.#rows.push(added);
    let at = this.#rows.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(this.#rows[at]!, this.#rows[parent]!)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  replaceTop(row: HeapRow): void {
    this.#rows[0] = row;
    this.#sink();
  }

  pop(): void {
    const last = this.#rows.pop()!;
    if (this.#rows.length > 0) this.replaceTop(last);
  }

  #sink(): void {
    const rows = this.#rows;
    for (let at = 0;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < rows.length && this.#isBefore(rows[child]!, rows[least]!)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(one: number, other: number): void {
    const rows = this.#rows;
    [rows[one], rows[other]] = [rows[other]!, rows[one]!];
  }

  #isBefore(one: HeapRow, other: HeapRow): boolean {
    for (let i = 0; i < this.countKeys; i++) {
      const difference = one.row[i]! - other.row[i]!;
      if (difference !== 0) return difference < 0;
    }
    return one.index < other.index;
  }
}
