/**
 * Many names of a folder as they are stored, in columns: a folder may have millions, and an object
 * for each would take ten times the memory.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { Names, Rows } from "../rows.ts";
import { RawEntry } from "./raw_entry.ts";

/** What takes the entries of a folder. */
export interface EntrySink {
  readonly length: number;
  /** Takes a name, which lies in bytes that may change later. */
  add(
    bytes: Uint8Array,
    nameAt: number,
    nameLength: number,
    inode: InodeNumber,
    fileType: number,
  ): void;
  /** Forgets all but the first. */
  truncate(length: number): void;
}

/** Rows that a number has room for beside an inode. */
const MOST_ROWS = 2 ** 21;

// Words of a row.
const NAME_PLACE = 0;
const NAME_LENGTH = 1;
const INODE = 2;
const FILE_TYPE = 3;
const NUMBERS_PER_ROW = 2;

/** Collects entries, then gives them out in the order of their inodes. */
export class RawEntries implements EntrySink {
  /** Most that can be collected, but for those of one block more. */
  static readonly MOST = MOST_ROWS / 2;

  readonly #rows = new Rows(NUMBERS_PER_ROW);
  readonly #names = new Names();
  /** Absent where they were added in order. */
  #order: Float64Array | undefined;
  #next = 0;

  get length(): number {
    return this.#rows.count;
  }

  /** Bytes of all names. */
  get sizeBytes(): number {
    return this.#names.sizeBytes;
  }

  /** Forgets all, names that were given out as well. */
  clear(): void {
    this.#rows.clear();
    this.#names.clear();
    this.#order = undefined;
    this.#next = 0;
  }

  add(
    bytes: Uint8Array,
    nameAt: number,
    nameLength: number,
    inode: InodeNumber,
    fileType: number,
  ): void {
    const row = this.#rows.add();
    const { words } = this.#rows.pieceOf(row);
    const at = 2 * this.#rows.numberAt(row);
    words[at + NAME_PLACE] = this.#names.add(bytes, nameAt, nameLength);
    words[at + NAME_LENGTH] = nameLength;
    words[at + INODE] = inode;
    words[at + FILE_TYPE] = fileType;
  }

  truncate(length: number): void {
    if (length < this.length) this.#names.truncate(this.#word(length, NAME_PLACE));
    this.#rows.truncate(length);
  }

  /** Begins to give them out. */
  order(): void {
    this.#next = 0;
    this.#order = undefined;
    for (let row = 0, last = 0; row < this.length; row++) {
      const inode = this.#word(row, INODE);
      if (inode < last) return this.#sort();
      last = inode;
    }
  }

  #sort(): void {
    this.#order = new Float64Array(this.length);
    for (let row = 0; row < this.length; row++) {
      this.#order[row] = this.#word(row, INODE) * MOST_ROWS + row;
    }
    this.#order.sort();
  }

  /** The next in the order of inodes; its name stays, unless all are cleared. */
  take(): RawEntry | undefined {
    if (this.#next === this.length) return undefined;
    const row = this.#rowAt(this.#next++);
    const { words } = this.#rows.pieceOf(row);
    const at = 2 * this.#rows.numberAt(row);
    const place = words[at + NAME_PLACE]!;
    return new RawEntry(
      this.#names.pieceOf(place),
      this.#names.nameAt(place),
      words[at + NAME_LENGTH]!,
      words[at + INODE]! as InodeNumber,
      words[at + FILE_TYPE]!,
    );
  }

  #rowAt(index: number): number {
    if (this.#order === undefined) return index;
    // A remainder of numbers beyond 32 bits takes longer than all else here.
    const both = this.#order[index]!;
    return both - Math.floor(both / MOST_ROWS) * MOST_ROWS;
  }

  #word(row: number, field: number): number {
    return this.#rows.pieceOf(row).words[2 * this.#rows.numberAt(row) + field]!;
  }
}

/** Collects them as objects, as is less work for few. */
export class RawEntryArray implements EntrySink {
  readonly entries: RawEntry[] = [];
  #copy = new Uint8Array();
  #copied: Uint8Array | undefined;

  get length(): number {
    return this.entries.length;
  }

  add(
    bytes: Uint8Array,
    nameAt: number,
    nameLength: number,
    inode: InodeNumber,
    fileType: number,
  ): void {
    // One copy a block: the names of a block are mostly kept or dropped together.
    if (this.#copied !== bytes) [this.#copied, this.#copy] = [bytes, bytes.slice()];
    this.entries.push(new RawEntry(this.#copy, nameAt, nameLength, inode, fileType));
  }

  truncate(length: number): void {
    this.entries.length = length;
  }
}
