/**
 * Reads what can be read of a file that cannot be read everywhere, or gives little at a time.
 *
 * Where a piece cannot be read, smaller ones are tried, down to a sector. Where much cannot be read
 * in a row, larger ones are tried and their last sectors, so that an end is not missed: a disk may
 * take many seconds for each.
 * @module
 */

import type { Breather } from "../host/breathe.ts";
import { hasCode } from "../host/libc/errno.ts";

const SECTOR_BYTES = 512;
const PAGE_BYTES = 4096;
const MOST_BYTES = 2 ** 20;
/** So much that cannot be read in a row makes the pieces larger. */
const DEAD_BYTES = 64 * 1024;
const LONG_DEAD_BYTES = 64 * 2 ** 20;

/** What a disk, or a file system with checksums, says of a part of a file. */
const OF_A_PART = ["EIO", "ENODATA", "EBADMSG", "EUCLEAN", "EREMOTEIO", "EILSEQ"];

/** Whether an error may concern a part of a file only. */
export function isOfAPart(error: unknown): boolean {
  return hasCode(error, ...OF_A_PART);
}

/** Reads one file. */
export class CarefulReader {
  /** What could not be read until here, in a row. */
  #deadBytes = 0;
  readonly #lastSector = new Uint8Array(SECTOR_BYTES);

  /**
   * @param readSome Reads at an offset, and returns how much, or throws what the system says.
   * @param onLost Receives where bytes are that cannot be read, in their order.
   */
  constructor(
    private readonly readSome: (into: Uint8Array, offsetBytes: number) => number,
    private readonly breather: Breather,
    private readonly onLost: (start: number, end: number, error: unknown) => void,
  ) {}

  /**
   * Fills `into`; what cannot be read becomes zeros.
   *
   * @param done Bytes of it that are filled already.
   * @returns The bytes up to the end of the file, or `into.length`.
   * @throws SystemError of what concerns the whole file; the signal's reason.
   */
  async read(into: Uint8Array, offsetBytes: number, done: number): Promise<number> {
    let at = done;
    let step = into.length;
    let sectorsUpTo = 0;
    while (at < into.length) {
      const length = Math.min(step, into.length - at);
      const read = this.#tryRead(into.subarray(at, at + length), offsetBytes + at);
      if (read === 0) break;
      if (typeof read === "number") {
        at += read;
        this.#deadBytes = 0;
        step = Math.min(2 * step, MOST_BYTES);
      } else {
        const unit = at < sectorsUpTo ? SECTOR_BYTES : this.#unitBytes();
        const position = offsetBytes + at;
        const end = Math.min(into.length, at + unit - position % unit);
        if (at + length > end) step = Math.max(end - at, Math.floor(length / 2));
        else if (unit > SECTOR_BYTES && this.#readsBefore(offsetBytes + end)) {
          sectorsUpTo = end;
          step = SECTOR_BYTES;
        } else {
          into.fill(0, at, end);
          this.onLost(position, offsetBytes + end, read.error);
          this.#deadBytes += end - at;
          at = end;
          step = unit;
        }
      }
      if (this.breather.due) await this.breather.pause();
    }
    return at;
  }

  #unitBytes(): number {
    if (this.#deadBytes < DEAD_BYTES) return SECTOR_BYTES;
    return this.#deadBytes < LONG_DEAD_BYTES ? PAGE_BYTES : MOST_BYTES;
  }

  #readsBefore(end: number): boolean {
    return typeof this.#tryRead(this.#lastSector, end - SECTOR_BYTES) === "number";
  }

  #tryRead(into: Uint8Array, offsetBytes: number): number | { readonly error: unknown } {
    try {
      return this.readSome(into, offsetBytes);
    } catch (error) {
      if (isOfAPart(error)) return { error };
      throw error;
    }
  }
}
