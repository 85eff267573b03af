/**
 * All entries of a folder, in the order of the bytes of their names: names and metadata in rows, and
 * an object for an entry only while somebody looks at it.
 * @module
 */

import type { RawEntry } from "../directory/raw_entry.ts";
import { PackedStats } from "../metadata/packed_stats.ts";
import type { Stat } from "../metadata/stat.ts";
import { Names, Rows } from "../rows.ts";
import { Entry } from "./entry.ts";

/** As many bytes of a name as a number holds exactly. */
const KEY_BYTES = 6;

// Words of a row, which lead to its name.
const PLACE = 0;
const LENGTH = 1;

/** Collects entries, then gives them out. */
export class EntryList implements Iterable<Entry> {
  readonly #stats = new PackedStats();
  readonly #rows = new Rows(1);
  readonly #names = new Names();
  #isSorted = true;
  /** Rows in the order of the names; `undefined` where they are in it. */
  #order: Uint32Array | undefined;

  get length(): number {
    return this.#rows.count;
  }

  /** Adds an entry. */
  add(
    { bytes, nameAt, nameLength }: Pick<RawEntry, "bytes" | "nameAt" | "nameLength">,
    stat: Stat,
  ): void {
    this.#stats.add(stat);
    const row = this.#rows.add();
    const { words } = this.#rows.pieceOf(row);
    const at = 2 * this.#rows.numberAt(row);
    words[at + PLACE] = this.#names.add(bytes, nameAt, nameLength);
    words[at + LENGTH] = nameLength;
    this.#isSorted &&= row === 0 || this.#compare(row - 1, row) <= 0;
  }

  /** Orders them by name, when all are added. */
  sort(): this {
    if (this.#isSorted) return this;
    const keys = this.#keys();
    const order = new Uint32Array(this.length);
    for (let row = 0; row < order.length; row++) order[row] = row;
    this.#order = order.sort((a, b) => keys[a]! - keys[b]! || this.#compare(a, b));
    return this;
  }

  /** All in their order; each is the caller's to keep. */
  *[Symbol.iterator](): Generator<Entry> {
    for (let i = 0; i < this.length; i++) {
      const row = this.#order === undefined ? i : this.#order[i]!;
      yield Entry.packed(this.#nameOf(row), this.#stats, row);
    }
  }

  /**
   * All in their order, once: what was given out takes no memory any more where they were added in
   * the order of their names. Each is to be looked at before the next.
   */
  *drain(): Generator<Entry> {
    let row = 0;
    for (const entry of this) {
      if (this.#order === undefined) this.#stats.releaseBefore(row++);
      yield entry;
    }
  }

  /** The next bytes of each name behind those that all begin with, as a number. */
  #keys(): Float64Array {
    const first = this.#nameOf(0);
    let common = first.nameLength;
    for (let row = 1; row < this.length; row++) {
      const { bytes, nameAt, nameLength } = this.#nameOf(row);
      const most = Math.min(common, nameLength);
      let same = 0;
      while (same < most && bytes[nameAt + same] === first.bytes[first.nameAt + same]) same++;
      common = same;
    }
    const keys = new Float64Array(this.length);
    for (let row = 0; row < keys.length; row++) {
      const { bytes, nameAt, nameLength } = this.#nameOf(row);
      let key = 0;
      for (let i = common; i < common + KEY_BYTES; i++) {
        key = key * 256 + (i < nameLength ? bytes[nameAt + i]! : 0);
      }
      keys[row] = key;
    }
    return keys;
  }

  #compare(a: number, b: number): number {
    return compareNames(this.#nameOf(a), this.#nameOf(b));
  }

  #nameOf(row: number): Pick<RawEntry, "bytes" | "nameAt" | "nameLength"> {
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
  a: Pick<RawEntry, "bytes" | "nameAt" | "nameLength">,
  b: Pick<RawEntry, "bytes" | "nameAt" | "nameLength">,
): number {
  const shorter = Math.min(a.nameLength, b.nameLength);
  for (let i = 0; i < shorter; i++) {
    const difference = a.bytes[a.nameAt + i]! - b.bytes[b.nameAt + i]!;
    if (difference !== 0) return difference;
  }
  return a.nameLength - b.nameLength;
}
