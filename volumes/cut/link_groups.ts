/**
 * Which names are further names of an inode: found by sorting all names of inodes that have several,
 * on disk where they are many.
 * @module
 */

import { SortedRows } from "./sorted_rows.ts";

const HALF = 0x1_0000_0000;

/** A name that is not the first of its inode. Both are counted from the root on. */
export interface FurtherName {
  readonly ordinal: number;
  /** The first name of the inode in the order of the tree. */
  readonly first: number;
}

/** Collects names of inodes that have several. */
export class LinkGroups {
  /** File system, inode (upper and lower half), ordinal (upper and lower half). */
  readonly #names: SortedRows;
  /** Ordinal, and that of the first name. */
  readonly #further: SortedRows;

  constructor(place: string, stretchRows?: number) {
    this.#names = new SortedRows(5, 3, place, stretchRows);
    this.#further = new SortedRows(4, 2, place, stretchRows);
  }

  /** How many were added. */
  get countNames(): number {
    return this.#names.countRows;
  }

  /** A name, in the order of the tree. */
  add(fileSystem: number, inodeHigh: number, inodeLow: number, ordinal: number): void {
    const [high, low] = halves(ordinal);
    this.#names.add(fileSystem, inodeHigh, inodeLow, high, low);
  }

  /** Finds the further names; to be called once, when all were added. */
  resolve(): void {
    const group = new Uint32Array(5);
    let isFirst = true;
    for (const row of this.#names.sorted()) {
      const isSame = !isFirst && row[0] === group[0] && row[1] === group[1] && row[2] === group[2];
      isFirst = false;
      if (isSame) this.#further.add(row[3]!, row[4]!, group[3]!, group[4]!);
      else group.set(row);
    }
    this.#names.close();
  }

  /** The further names in the order of the tree. Can be asked for again. */
  *further(): Generator<FurtherName> {
    for (const [high, low, firstHigh, firstLow] of this.#further.sorted()) {
      yield { ordinal: high! * HALF + low!, first: firstHigh! * HALF + firstLow! };
    }
  }

  close(): void {
    this.#names.close();
    this.#further.close();
  }
}

function halves(ordinal: number): [high: number, low: number] {
  return [Math.floor(ordinal / HALF), ordinal % HALF];
}
