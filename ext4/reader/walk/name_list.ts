/**
 * Many names, and their order by bytes: the names one behind the other, and no object for each.
 * @module
 */

import type { RawEntry } from "../directory/raw_entry.ts";
import { Names, Rows } from "../rows.ts";

/** Where a name lies: a view of it would be larger than most names. */
export type NamePlace = Pick<RawEntry, "bytes" | "nameAt" | "nameLength">;

/** As many bytes of a name as a number holds exactly. */
const KEY_BYTES = 6;

// Words of a row, which lead to its name.
const PLACE = 0;
const LENGTH = 1;

/** How much room names need. */
export interface NameRoom {
  readonly length: number;
  readonly sizeBytes: number;
}

/** Collects names, then gives them out in the order of their bytes. */
export class NameList implements Iterable<Uint8Array> {
  readonly #rows: Rows;
  readonly #names: Names;
  #isSorted = true;
  #order: Uint32Array | undefined;

  /** @param room How many there is to be room for at first, and for how many bytes. */
  constructor(room?: NameRoom) {
    this.#rows = new Rows(1, room?.length);
    this.#names = new Names(room?.sizeBytes);
  }

  get length(): number {
    return this.#rows.count;
  }

  /** Rows in the order of their names, once they are sorted; `undefined` where they were added in it. */
  get order(): Uint32Array | undefined {
    return this.#order;
  }

  /** Adds a copy of a name. */
  add({ bytes, nameAt, nameLength }: NamePlace): void {
    const row = this.#rows.add();
    const { words } = this.#rows.pieceOf(row);
    const at = 2 * this.#rows.numberAt(row);
    words[at + PLACE] = this.#names.add(bytes, nameAt, nameLength);
    words[at + LENGTH] = nameLength;
    this.#isSorted &&= row === 0 || this.#compare(row - 1, row) <= 0;
  }

  /** Orders them, when all are added. */
  sort(): this {
    if (this.#isSorted) return this;
    const keys = this.#keys();
    const order = new Uint32Array(this.length);
    for (let row = 0; row < order.length; row++) order[row] = row;
    this.#order = order.sort((a, b) => keys[a]! - keys[b]! || this.#compare(a, b));
    return this;
  }

  /** Views of all, in their order. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let i = 0; i < this.length; i++) {
      const { bytes, nameAt, nameLength } = this.placeOf(this.#order?.[i] ?? i);
      yield bytes.subarray(nameAt, nameAt + nameLength);
    }
  }

  /** The next bytes of each name behind those that all begin with, as a number. */
  #keys(): Float64Array {
    const first = this.placeOf(0);
    let common = first.nameLength;
    for (let row = 1; row < this.length; row++) {
      const { bytes, nameAt, nameLength } = this.placeOf(row);
      const most = Math.min(common, nameLength);
      let same = 0;
      while (same < most && bytes[nameAt + same] === first.bytes[first.nameAt + same]) same++;
      common = same;
    }
    const keys = new Float64Array(this.length);
    for (let row = 0; row < keys.length; row++) {
      const { bytes, nameAt, nameLength } = this.placeOf(row);
      let key = 0;
      for (let i = common; i < common + KEY_BYTES; i++) {
        key = key * 256 + (i < nameLength ? bytes[nameAt + i]! : 0);
      }
      keys[row] = key;
    }
    return keys;
  }

  #compare(a: number, b: number): number {
    return compareNames(this.placeOf(a), this.placeOf(b));
  }

  /** Where the name of a row lies. */
  placeOf(row: number): NamePlace {
    const { words } = this.#rows.pieceOf(row);
    const at = 2 * this.#rows.numberAt(row);
    const place = words[at + PLACE]!;
    return {
      bytes: this.#names.pieceOf(place),
      nameAt: this.#names.nameAt(place),
      nameLength: words[at + LENGTH]!,
    };
  }
}

function compareNames(
  a: NamePlace,
  b: NamePlace,
): number {
  const shorter = Math.min(a.nameLength, b.nameLength);
  for (let i = 0; i < shorter; i++) {
    const difference = a.bytes[a.nameAt + i]! - b.bytes[b.nameAt + i]!;
    if (difference !== 0) return difference;
  }
  return a.nameLength - b.nameLength;
}
