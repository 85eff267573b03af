/**
 * Reads contents ahead where files are asked for as they lie: of many small files, a call of the
 * system for each takes longer than the bytes.
 * @module
 */

import type { BlockSource } from "./block_source.ts";

/** Most bytes that are read at once. */
const MOST_RUN_BYTES = 256 << 10;
/** Longer reads are left alone. */
const MOST_BYTES = 64 << 10;
/** What lies between two files at most that still follow each other. */
const MOST_GAP_BYTES = 64 << 10;
/** So many reads must follow each other before more is read than is asked for. */
const LEAST_FOLLOWING = 4;

/** What was read ahead of one source; nothing of one that does not answer at once, or fails. */
export class ContentsAhead {
  readonly #source: BlockSource;
  readonly #runBytes: number;
  #run = new Uint8Array();
  /** What of the source is in the run. */
  #start = 0;
  #end = 0;
  /** Where the last read ended. */
  #last = 0;
  #countFollowing = 0;

  /** @param roomBytes for what is read ahead, 64 KiB or more */
  constructor(source: BlockSource, roomBytes: number) {
    this.#source = source;
    this.#runBytes = Math.min(roomBytes, MOST_RUN_BYTES);
  }

  /** Copies bytes that are known, or reads them with what follows. @returns false where neither is so */
  copy(offsetBytes: number, into: Uint8Array): boolean {
    const end = offsetBytes + into.length;
    const gap = offsetBytes - this.#last;
    this.#last = end;
    if (into.length > MOST_BYTES) return false;
    const follows = gap >= 0 && gap <= MOST_GAP_BYTES;
    this.#countFollowing = follows ? this.#countFollowing + 1 : 0;
    if (offsetBytes < this.#start || end > this.#end) {
      if (this.#countFollowing < LEAST_FOLLOWING || !this.#read(offsetBytes)) return false;
    }
    into.set(this.#run.subarray(offsetBytes - this.#start, end - this.#start));
    return true;
  }

  #read(offsetBytes: number): boolean {
    if (this.#run.length === 0) this.#run = new Uint8Array(this.#runBytes);
    const sizeBytes = Math.min(this.#runBytes, this.#source.sizeBytes - offsetBytes);
    this.#start = this.#end = 0;
    try {
      const wait = this.#source.read(offsetBytes, this.#run.subarray(0, sizeBytes));
      if (wait !== undefined) {
        wait.catch(() => {});
        return this.#giveUp();
      }
    } catch {
      // What is wrong may lie behind what is asked for, which is read by itself then. A disk takes its
      // time to fail: it is asked for no more than is wanted from now on.
      return this.#giveUp();
    }
    this.#start = offsetBytes;
    this.#end = offsetBytes + sizeBytes;
    return true;
  }

  /** From now on, nothing is read ahead. */
  #giveUp(): false {
    this.#run = new Uint8Array();
    this.#countFollowing = -Infinity;
    return false;
  }
}
