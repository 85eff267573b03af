/**
 * All names of an image in columns: one walk serves every search. 100,000 names take some 5 MB, and
 * are searched in a few milliseconds. It is searched while it is made as well.
 * @module
 */

import type { ImageReader, Stat } from "icecore/read";
import { Breather } from "../../host/breathe.ts";
import { Column } from "./column.ts";
import { foldedBytes } from "./folded_name.ts";
import { KINDS, type ListedEntry } from "./listed_entry.ts";
import { pathBelow } from "./url_path.ts";

const SLASH = 0x2f;

/** A name that was found. */
export interface IndexedHit extends Omit<ListedEntry, "name" | "inode"> {
  /** From the root of the image. */
  readonly path: Uint8Array;
}

/** The names of an image, none of which is looked up again. */
export class NameIndex {
  readonly #names = new Column(Uint8Array);
  readonly #nameEnds = new Column(Uint32Array);
  /** As they are compared. */
  readonly #folded = new Column(Uint8Array);
  readonly #foldedEnds = new Column(Uint32Array);
  readonly #kinds = new Column(Uint8Array);
  readonly #sizes = new Column(Float64Array);
  readonly #times = new Column(Float64Array);
  /** Of each folder with names: its path, and where its names end. */
  readonly #paths = new Column(Uint8Array);
  readonly #pathEnds = new Column(Uint32Array);
  readonly #rowEnds = new Column(Uint32Array);

  #isWhole = false;
  #failure: unknown;
  /** Those who wait for more names. */
  #waiting: (() => void)[] = [];

  /**
   * Walks an image, which can be searched meanwhile.
   *
   * @param mostBytes What it may take.
   * @returns false where that is too little.
   * @throws the signal's reason; what walking throws
   */
  async fill(image: ImageReader, mostBytes: number, signal: AbortSignal): Promise<boolean> {
    const breather = new Breather(signal);
    let folder: unknown;
    try {
      for await (const entries of image.walkBatches("/")) {
        for (const entry of entries) {
          if (entry.folder !== folder) {
            folder = entry.folder;
            this.#beginFolder(entry.folder.path);
          }
          this.#add(entry.name, entry.stat);
          if (!breather.due) continue;
          if (this.memoryBytes > mostBytes) throw new TooLargeError();
          this.#wake();
          await breather.pause();
        }
        // The next may be long in coming.
        this.#wake();
      }
      this.#endFolder();
      if (this.memoryBytes > mostBytes) throw new TooLargeError();
      return true;
    } catch (error) {
      this.#failure = error;
      if (error instanceof TooLargeError) return false;
      throw error;
    } finally {
      this.#isWhole = true;
      this.#wake();
    }
  }

  /** Lets those go on who have searched all that there was. */
  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }

  /** Bytes of memory that it takes. */
  get memoryBytes(): number {
    const columns = [
      this.#names,
      this.#nameEnds,
      this.#folded,
      this.#foldedEnds,
      this.#kinds,
      this.#sizes,
      this.#times,
      this.#paths,
      this.#pathEnds,
      this.#rowEnds,
    ];
    return columns.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }

  #beginFolder(path: Uint8Array): void {
    this.#endFolder();
    this.#paths.append(path);
    this.#pathEnds.push(this.#paths.length);
  }

  #endFolder(): void {
    if (this.#pathEnds.length > this.#rowEnds.length) this.#rowEnds.push(this.#kinds.length);
  }

  #add(name: Uint8Array, { kind, sizeBytes, mtime }: Stat): void {
    this.#names.append(name);
    this.#nameEnds.push(this.#names.length);
    this.#folded.append(foldedBytes(name));
    this.#foldedEnds.push(this.#folded.length);
    this.#kinds.push(KINDS.indexOf(kind));
    this.#sizes.push(sizeBytes);
    this.#times.push(mtime.seconds);
  }

  /**
   * What is below a folder and has all words in its name, in the order of a walk.
   *
   * @param folder Its path, on which there is no symbolic link.
   * @param words Folded as names are; one or more.
   * @throws the signal's reason; what made the walk end, behind the hits up to there
   */
  async *search(
    folder: Uint8Array,
    words: readonly Uint8Array[],
    signal: AbortSignal,
  ): AsyncGenerator<IndexedHit> {
    const breather = new Breather(signal);
    for (let at = 0, row = 0;;) {
      const isWhole = this.#isWhole;
      for (; at < this.#pathEnds.length; at++) {
        const isDone = at < this.#rowEnds.length;
        const end = isDone ? this.#rowEnds.at(at) : this.#kinds.length;
        const pathStart = at === 0 ? 0 : this.#pathEnds.at(at - 1);
        const path = this.#paths.part(pathStart, this.#pathEnds.at(at));
        if (isWithin(path, folder)) {
          for (
            row = this.#next(row, end, words);
            row < end;
            row = this.#next(row + 1, end, words)
          ) {
            yield this.#hit(path, row);
            if (breather.due) await breather.pause();
          }
          if (breather.due) await breather.pause();
        }
        row = end;
        // More names of this folder may follow.
        if (!isDone) break;
      }
      if (isWhole) break;
      await new Promise<void>((go) => this.#isWhole ? go() : this.#waiting.push(go));
      signal.throwIfAborted();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The first row from `row` on that has all words; `end` where there is none. */
  #next(row: number, end: number, [first, ...others]: readonly Uint8Array[]): number {
    const bytes = this.#folded.part(0, end === 0 ? 0 : this.#foldedEnds.at(end - 1));
    for (let at = this.#foldedStart(row); row < end; at++) {
      at = indexOf(bytes, first!, at);
      if (at < 0) return end;
      while (this.#foldedEnds.at(row) <= at) row++;
      const rowEnd = this.#foldedEnds.at(row);
      if (at + first!.length > rowEnd) continue;
      const name = bytes.subarray(this.#foldedStart(row), rowEnd);
      if (others.every((word) => indexOf(name, word, 0) >= 0)) return row;
      at = rowEnd - 1;
    }
    return end;
  }

  #foldedStart(row: number): number {
    return row === 0 ? 0 : this.#foldedEnds.at(row - 1);
  }

  #hit(folder: Uint8Array, row: number): IndexedHit {
    const start = row === 0 ? 0 : this.#nameEnds.at(row - 1);
    return {
      path: pathBelow(folder, this.#names.part(start, this.#nameEnds.at(row))),
      kind: KINDS[this.#kinds.at(row)]!,
      sizeBytes: this.#sizes.at(row),
      mtimeSeconds: this.#times.at(row),
    };
  }
}

/** There are more names than there is room for. */
export class TooLargeError extends Error {}

/** Whether a path is a folder's own, or below it. */
function isWithin(path: Uint8Array, folder: Uint8Array): boolean {
  if (folder.length === 0) return true;
  if (path.length < folder.length) return false;
  for (let i = folder.length - 1; i >= 0; i--) if (path[i] !== folder[i]) return false;
  return path.length === folder.length || path[folder.length] === SLASH;
}

function indexOf(bytes: Uint8Array, word: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(word[0]!, from); at >= 0; at = bytes.indexOf(word[0]!, at + 1)) {
    let same = 1;
    while (same < word.length && bytes[at + same] === word[same]) same++;
    if (same === word.length) return at;
  }
  return -1;
}
