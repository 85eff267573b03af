/**
 * How far the threads that make files are, in memory that all of them see.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";

const STOPPED = 0;
const COUNT_MADE = 1;
const ERRNO = 2;
const ROW = 3;
const COUNT_WORDS = 4;

/** Makes the memory. */
export function makeWriteMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * COUNT_WORDS);
}

/** The state, seen from any side. */
export class WriteState {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Whether no further file is to be made. */
  get isStopped(): boolean {
    return Atomics.load(this.#words, STOPPED) === 1;
  }

  /** Files that are complete. */
  get countMade(): number {
    return Atomics.load(this.#words, COUNT_MADE);
  }

  /** The first file that could not be made, and why. */
  get failure(): { readonly row: TreeInode; readonly errno: number } | undefined {
    if (!this.isStopped || this.#words[ERRNO] === 0) return undefined;
    return { row: this.#words[ROW]! as TreeInode, errno: this.#words[ERRNO]! };
  }

  addMade(): void {
    Atomics.add(this.#words, COUNT_MADE, 1);
  }

  /** Makes all threads leave what they have not begun. */
  stop(): void {
    Atomics.store(this.#words, STOPPED, 1);
  }

  /** The same, because of a file; only the first is kept. @param errno Not 0. */
  fail(row: TreeInode, errno: number): void {
    if (Atomics.compareExchange(this.#words, ERRNO, 0, errno) !== 0) return;
    // Only whoever was first says so, and only when all of it is there.
    Atomics.store(this.#words, ROW, row);
    this.stop();
  }
}
