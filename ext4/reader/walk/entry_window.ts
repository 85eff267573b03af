/**
 * The entries of a folder, many at a time, in the order of their inodes: so that of the inode table
 * each block is read once, however the folder's hashes have mixed the names.
 * @module
 */

import type { DirectoryCursor } from "../directory/directory.ts";
import { RawEntries } from "../directory/raw_entries.ts";
import type { RawEntry } from "../directory/raw_entry.ts";
import type { Reading } from "../reading.ts";

/** A million entries or a few more of an open folder. */
export class EntryWindow {
  #entries: RawEntries;
  /** Whether it was read at all: only then `..` was looked at. */
  #isFilled = false;

  /** @param scratch Holds what is read, and is used again: names that were taken do not stay. */
  constructor(readonly cursor: DirectoryCursor, private readonly scratch?: RawEntries) {
    this.#entries = scratch ?? new RawEntries();
    this.#entries.clear();
  }

  /** How many names were read last, and their bytes. */
  get read(): { readonly length: number; readonly sizeBytes: number } {
    return this.#entries;
  }

  /**
   * Reads on where all were taken.
   * @param onBroken takes the error of a block that is broken, or throws it
   * @returns false at the end of the folder
   */
  *fill(onBroken: ((error: unknown) => void) | undefined): Reading<boolean> {
    if (this.scratch === undefined) this.#entries = new RawEntries();
    else this.scratch.clear();
    yield* this.cursor.readInto(this.#entries, RawEntries.MOST, onBroken);
    this.#entries.order();
    this.#isFilled = true;
    return this.#entries.length > 0;
  }

  /** Whether all was read, and taken. */
  get isDone(): boolean {
    return this.#isFilled && this.cursor.isAtEnd;
  }

  /** The next of those that were read. */
  take(): RawEntry | undefined {
    return this.#entries.take();
  }
}
