/**
 * Files that the writing thread could not complete, in memory that both threads see: the other one
 * removes them, also when it has no time left to wait for a message.
 * @module
 */

import type { TreeInode } from "../../../ext4/tree.ts";

/** More than there can be files under way. */
const MOST_ROWS = 2048;
const COUNT = 0;
const ERRNO = 1;
const HEAD_WORDS = 2;

/** Makes the memory. */
export function makeFailureMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (HEAD_WORDS + MOST_ROWS));
}

/** The failures, seen from either side. */
export class WriteFailures {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  get count(): number {
    return Atomics.load(this.#words, COUNT);
  }

  /** Why the first one failed. */
  get errno(): number {
    return this.#words[ERRNO]!;
  }

  /** The files, the first to fail first. */
  get rows(): TreeInode[] {
    return Array.from(this.#words.subarray(HEAD_WORDS, HEAD_WORDS + this.count)) as TreeInode[];
  }

  /** Adds one; what follows the first is not tried any more. */
  add(row: TreeInode, errno: number): void {
    const count = this.#words[COUNT]!;
    if (count === 0) this.#words[ERRNO] = errno;
    this.#words[HEAD_WORDS + count] = row;
    Atomics.store(this.#words, COUNT, count + 1);
  }
}
