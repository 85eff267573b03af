/**
 * All entries of a folder, in the order of the bytes of their names: names and metadata in rows, and
 * an object for an entry only while somebody looks at it.
 * @module
 */

import { PackedStats } from "../metadata/packed_stats.ts";
import type { Stat } from "../metadata/stat.ts";
import { Entry } from "./entry.ts";
import { NameList, type NamePlace, type NameRoom } from "./name_list.ts";

/** Collects entries, then gives them out. */
export class EntryList implements Iterable<Entry> {
  readonly #stats: PackedStats;
  readonly #names: NameList;

  /** Rows of {@linkcode known}, or of those added here as -1, -2 and so on; absent: of these only. */
  readonly #rows: number[] | undefined;

  /**
   * @param room How many there will be at least, and the bytes of their names, if that is known.
   * @param known Metadata of which some can be added by their row.
   */
  constructor(room?: NameRoom, private readonly known?: PackedStats) {
    this.#stats = new PackedStats(known === undefined ? room?.length : undefined);
    this.#names = new NameList(room);
    this.#rows = known === undefined ? undefined : [];
  }

  get length(): number {
    return this.#names.length;
  }

  /** Adds an entry. */
  add(name: NamePlace, stat: Stat): void {
    const row = this.#stats.add(stat);
    this.#rows?.push(-1 - row);
    this.#names.add(name);
  }

  /** Adds an entry by the row of what is known of it. */
  addKnown(name: NamePlace, row: number): void {
    this.#rows!.push(row);
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
      const place = this.#names.placeOf(row);
      const at = this.#rows?.[row] ?? -1 - row;
      yield at < 0
        ? Entry.packed(place, this.#stats, -1 - at)
        : Entry.packed(place, this.known!, at);
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
