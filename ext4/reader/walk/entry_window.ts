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
  #entries = new RawEntries();

  constructor(readonly cursor: DirectoryCursor) {}

  /**
   * Reads on where all were taken.
   * @param onBroken takes the error of a block that is broken, or throws it
   * @returns false at the end of the folder
   */
  *fill(onBroken: ((error: unknown) => void) | undefined): Reading<boolean> {
    this.#entries = new RawEntries();
    yield* this.cursor.readInto(this.#entries, RawEntries.MOST, onBroken);
    this.#entries.order();
    return this.#entries.length > 0;
  }

  /** The next of those that were read. */
  take(): RawEntry | undefined {
    return this.#entries.take();
  }
}
