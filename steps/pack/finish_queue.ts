/**
 * Files that have been read and are still to be looked at once more and closed, handed from the
 * thread that reads to the one that hashes.
 *
 * The close is one of the four system calls that a small file costs, and of one that is read in
 * several pieces the last look as well. The hashing thread is idle half of the time where files are
 * small, and does them then.
 * @module
 */

import { OPEN_FILES_LIMIT } from "../../host/files/open_files.ts";
import { closeRead, type Descriptor } from "../../host/libc/files.ts";
import type { ExpectedFile, FileChange } from "../../pipeline/scanned_source.ts";
import { howChanged } from "../../source/file_change.ts";

/** A file that changed, by its row in the tree. */
export interface ChangedFile {
  readonly inode: number;
  readonly change: FileChange;
}

/** Each is an open file. */
const COUNT_SLOTS = Math.max(1, Math.min(256, Math.floor(OPEN_FILES_LIMIT / 4)));
/** Of one slot: descriptor, inode and nanoseconds as integers; size and seconds as floats. */
const INTS = 4;
const FLOATS = 3;

/** In place of an inode: the file is to be closed only. */
const NOBODY = -1;

// Words before the slots.
const ADDED = 0;
const DONE = 1;
const HEAD_WORDS = 2;

/** Memory of a queue. */
export interface FinishMemory {
  readonly ints: SharedArrayBuffer;
  readonly floats: SharedArrayBuffer;
}

/** Makes the memory of a queue. */
export function makeFinishMemory(): FinishMemory {
  return {
    ints: new SharedArrayBuffer(4 * (HEAD_WORDS + COUNT_SLOTS * INTS)),
    floats: new SharedArrayBuffer(8 * COUNT_SLOTS * FLOATS),
  };
}

/** The queue, seen from either side. */
export class FinishQueue {
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;

  constructor({ ints, floats }: FinishMemory) {
    this.#ints = new Int32Array(ints);
    this.#floats = new Float64Array(floats);
  }

  /**
   * Hands a file over.
   * @param expected absent for one that is to be closed only
   * @returns false when the queue is full; the file stays the caller's.
   */
  offer(fd: Descriptor, inode: number, expected?: ExpectedFile): boolean {
    const added = this.#ints[ADDED]!;
    if (added - Atomics.load(this.#ints, DONE) >= COUNT_SLOTS) return false;
    const int = HEAD_WORDS + (added % COUNT_SLOTS) * INTS;
    const float = (added % COUNT_SLOTS) * FLOATS;
    this.#ints[int] = fd;
    this.#ints[int + 1] = expected === undefined ? NOBODY : inode;
    if (expected !== undefined) {
      this.#ints[int + 2] = expected.nanoseconds;
      this.#ints[int + 3] = expected.ctimeNanoseconds;
      this.#floats[float] = expected.sizeBytes;
      this.#floats[float + 1] = expected.seconds;
      this.#floats[float + 2] = expected.ctimeSeconds;
    }
    Atomics.store(this.#ints, ADDED, added + 1);
    return true;
  }

  /** Looks at all files that were handed over, and closes them. */
  finishAll(onChanged: (file: ChangedFile) => void): void {
    while (this.#ints[DONE]! < Atomics.load(this.#ints, ADDED)) {
      const done = this.#ints[DONE]!;
      const int = HEAD_WORDS + (done % COUNT_SLOTS) * INTS;
      const float = (done % COUNT_SLOTS) * FLOATS;
      const fd = this.#ints[int] as Descriptor;
      const inode = this.#ints[int + 1]!;
      const change = inode === NOBODY ? undefined : howChanged(fd, {
        sizeBytes: this.#floats[float]!,
        seconds: this.#floats[float + 1]!,
        nanoseconds: this.#ints[int + 2]!,
        ctimeSeconds: this.#floats[float + 2]!,
        ctimeNanoseconds: this.#ints[int + 3]!,
      });
      closeRead(fd);
      if (change !== undefined) onChanged({ inode, change });
      Atomics.store(this.#ints, DONE, done + 1);
    }
  }
}
