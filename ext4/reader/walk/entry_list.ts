/**
 * All entries of a folder, in the order of the bytes of their names: names and metadata in rows, and
 * an object for an entry only while somebody looks at it.
 * @module
 */

import { PackedStats } from "../metadata/packed_stats.ts";
import type { Stat } from "../metadata/stat.ts";
import { Entry } from "./entry.ts";
import { NameList, type NamePlace } from "./name_list.ts";

/** Collects entries, then gives them out. */
export class EntryList implements Iterable<Entry> {
  readonly #stats = new PackedStats();
  readonly #names = new NameList();

  get length(): number {
    return this.#names.length;
  }

  /** Adds an entry. */
  add(name: NamePlace, stat: Stat): void {
    this.#stats.add(stat);
    this.#names.add(name);
  }

  /** Orders them by name, when all are added. */
  sort(): this {
    this.#names.sort();
    return this;
  }

  /** All in their order; each is the caller's to keep. */
  *[Symbol.iterator](): Generator<Entry> {
    const { order } = this.#names;
    for (let i = 0; i < this.length; i++) {
      const row = order?.[i] ?? i;
      yield Entry.packed(this.#names.placeOf(row), this.#stats, row);
    }
  }

  /**
   * All in their order, once: what was given out takes no memory any more where they were added in
   * the order of their names. Each is to be looked at before the next.
   */
  *drain(): Generator<Entry> {
    let row = 0;
    for (const entry of this) {
      if (this.#names.order === undefined) this.#stats.releaseBefore(row++);
      yield entry;
    }
  }
}
