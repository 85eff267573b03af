/**
 * What the reader gives out for each name of a folder.
 * @module
 */

import type { RawEntry } from "../directory/raw_entry.ts";
import type { PackedStats } from "../metadata/packed_stats.ts";
import { kindOfMode, type Stat } from "../metadata/stat.ts";
import { joinPath, pathText } from "../path.ts";
import type { FolderOfWalk } from "./folder_of_walk.ts";
import type { NamePlace } from "./name_list.ts";

/** One name of a folder, with the metadata of what it names. */
export class Entry {
  // Not the raw entry itself: of a large folder that would be an object more a name.
  readonly #bytes: Uint8Array;
  readonly #nameAt: number;
  readonly #nameLength: number;
  #stat: Stat | undefined;
  #packed: { readonly stats: PackedStats; readonly row: number } | undefined;

  /**
   * Only the reader makes these.
   * @param stat of the inode it names
   */
  constructor(raw: NamePlace, stat: Stat | undefined) {
    this.#bytes = raw.bytes;
    this.#nameAt = raw.nameAt;
    this.#nameLength = raw.nameLength;
    this.#stat = stat;
  }

  /** @internal An entry whose metadata is unpacked when it is asked for. */
  static packed(
    raw: NamePlace,
    stats: PackedStats,
    row: number,
  ): Entry {
    const entry = new Entry(raw, undefined);
    entry.#packed = { stats, row };
    return entry;
  }

  /** The metadata of the inode it names. */
  get stat(): Stat {
    return this.#stat ??= this.#packed!.stats.at(this.#packed!.row);
  }

  /** Order by the bytes of the names, as `LC_ALL=C ls` has it. */
  static compare(this: void, a: Entry, b: Entry): number {
    const shorter = Math.min(a.#nameLength, b.#nameLength);
    for (let i = 0; i < shorter; i++) {
      const difference = a.#bytes[a.#nameAt + i]! - b.#bytes[b.#nameAt + i]!;
      if (difference !== 0) return difference;
    }
    return a.#nameLength - b.#nameLength;
  }

  /** @internal Where its name lies: a view of it costs more than most names are long. */
  get place(): NamePlace {
    return { bytes: this.#bytes, nameAt: this.#nameAt, nameLength: this.#nameLength };
  }

  /** Bytes without slash or NUL; never `.` or `..`. */
  get name(): Uint8Array {
    return this.#bytes.subarray(this.#nameAt, this.#nameAt + this.#nameLength);
  }

  /** The name as a string; what is not UTF-8 becomes U+FFFD. */
  get nameText(): string {
    return pathText(this.name);
  }

  /** The inode it names. */
  get inode(): Stat["inode"] {
    return this.#stat?.inode ?? this.#packed!.stats.inodeOf(this.#packed!.row);
  }

  /** What it names. */
  get kind(): Stat["kind"] {
    return this.#stat?.kind ?? kindOfMode(this.#packed!.stats.modeOf(this.#packed!.row));
  }
}

/** An entry that was met in a walk. */
export class WalkedEntry extends Entry {
  /** Only the reader makes these. */
  constructor(
    /** The folder it was met in: its path from the root, and 0 for the folder the walk began at. */
    readonly folder: { readonly path: Uint8Array; readonly depth: number; readonly stat: Stat },
    raw: RawEntry,
    stat: Stat,
  ) {
    super(raw, stat);
  }

  /** From the root of the image, without a slash at its start. */
  get path(): Uint8Array {
    return joinPath(this.folder.path, this.name);
  }

  /** The path as a string; what is not UTF-8 becomes U+FFFD. */
  get pathText(): string {
    return pathText(this.path);
  }
}

/** A folder met in a walk, with all of its entries, ordered by the bytes of their names. */
export interface WalkedFolder extends FolderOfWalk {
  /** All that is in it but `.` and `..`; each is made anew whenever they are gone through. */
  readonly entries: Iterable<Entry> & { readonly length: number };
}
