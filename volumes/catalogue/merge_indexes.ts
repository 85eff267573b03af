/**
 * The indexes of all volumes as one tree.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { IndexedFile, IndexedFolder } from "./index/indexed.ts";
import { comparePaths } from "./path_order.ts";

/** An index that is read from front to back, as `IndexCursor` does. */
export interface Cursor {
  readonly folder: IndexedFolder | undefined;
  readonly file: IndexedFile | undefined;
  nextFolder(): void;
  nextFile(): void;
}

/** What takes them in order, as `CatalogueWriter` does. */
export interface MergedTree {
  folder(folder: IndexedFolder, volumes: readonly number[]): void;
  file(file: IndexedFile, volume: number): void;
}

/**
 * Merges: a folder that several volumes have is one, with the metadata of the first; a name that
 * several have in it comes once for each, in the order of the volumes.
 * @param onFolder called after each folder; what it throws ends the merging
 */
export async function mergeIndexes(
  cursors: readonly Cursor[],
  into: MergedTree,
  onFolder: () => void | Promise<void> = () => {},
): Promise<void> {
  const heap = new FolderHeap(cursors);
  for (let numbers = heap.take(); numbers.length > 0; numbers = heap.take()) {
    into.folder(cursors[numbers[0]!]!.folder!, numbers);
    mergeFiles(cursors, numbers, into);
    for (const number of numbers) {
      cursors[number]!.nextFolder();
      heap.add(number);
    }
    const pause = onFolder();
    if (pause !== undefined) await pause;
  }
}

function mergeFiles(
  cursors: readonly Cursor[],
  numbers: readonly number[],
  into: MergedTree,
): void {
  let open = numbers.filter((number) => cursors[number]!.file !== undefined);
  while (open.length > 0) {
    let first = open[0]!;
    for (const number of open) {
      if (compareBytes(cursors[number]!.file!.name, cursors[first]!.file!.name) < 0) first = number;
    }
    const cursor = cursors[first]!;
    into.file(cursor.file!, first);
    cursor.nextFile();
    if (cursor.file === undefined) open = open.filter((number) => number !== first);
  }
}

/** The numbers of cursors, that with the first folder on top. */
class FolderHeap {
  readonly #numbers: number[] = [];

  constructor(private readonly cursors: readonly Cursor[]) {
    for (const number of cursors.keys()) this.add(number);
  }

  /** Adds a cursor, unless it is at its end. */
  add(number: number): void {
    if (this.cursors[number]!.folder === undefined) return;
    let at = this.#numbers.push(number) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(at, above)) break;
      this.#swap(at, above);
      at = above;
    }
  }

  /** Removes all that stand at the first folder. @returns them in ascending order */
  take(): number[] {
    const taken: number[] = [];
    while (this.#numbers.length > 0) {
      const number = this.#numbers[0]!;
      if (taken.length > 0 && this.#compare(taken[0]!, number) !== 0) break;
      taken.push(number);
      this.#removeFirst();
    }
    return taken;
  }

  #removeFirst(): void {
    const last = this.#numbers.pop()!;
    if (this.#numbers.length === 0) return;
    this.#numbers[0] = last;
    for (let at = 0;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < this.#numbers.length && this.#isBefore(left, least)) least = left;
      if (right < this.#numbers.length && this.#isBefore(right, least)) least = right;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #compare(a: number, b: number): number {
    return comparePaths(this.cursors[a]!.folder!.path, this.cursors[b]!.folder!.path);
  }

  #isBefore(at: number, other: number): boolean {
    const [a, b] = [this.#numbers[at]!, this.#numbers[other]!];
    const order = this.#compare(a, b);
    return order < 0 || (order === 0 && a < b);
  }

  #swap(a: number, b: number): void {
    const numbers = this.#numbers;
    [numbers[a], numbers[b]] = [numbers[b]!, numbers[a]!];
  }
}
