/**
 * What the reader gives out for each name of a folder.
 * @module
 */

import type { RawEntry } from "../directory/raw_entry.ts";
import type { PackedStats, PlainFile } from "../metadata/packed_stats.ts";
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
  /** Where its metadata are packed, and in which row. */
  #stats: PackedStats | undefined;
  #row = 0;

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
    entry.#stats = stats;
    entry.#row = row;
    return entry;
  }

  /** The metadata of the inode it names. */
  get stat(): Stat {
    return this.#stat ??= this.#stats!.at(this.#row);
  }

  /** Order by the bytes of the names, as `LC_ALL=C ls` has it. */
  static compare(this: void, a: Entry, b: Entry): number {
    return a.compareName(b.#bytes, b.#nameAt, b.#nameAt + b.#nameLength);
  }

  /**
   * @internal Whether it is seen at a glance to be a file with one name and no attributes, and all
   * else as given; where not, its `stat` may say so still.
   */
  isPlainFile(file: PlainFile): boolean {
    return this.#stats?.isPlainFile(this.#row, file) === true;
  }

  /** @internal The order of its name and the bytes `[start, end)`, without a view of either. */
  compareName(bytes: Uint8Array, start: number, end: number): number {
    const shorter = Math.min(this.#nameLength, end - start);
    for (let i = 0; i < shorter; i++) {
      const difference = this.#bytes[this.#nameAt + i]! - bytes[start + i]!;
      if (difference !== 0) return difference;
    }
    return this.#nameLength - (end - start);
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
    return this.#stat?.inode ?? this.#stats!.inodeOf(this.#row);
  }

  /** What it names. */
  get kind(): Stat["kind"] {
    return this.#stat?.kind ?? kindOfMode(this.#stats!.modeOf(this.#row));
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
