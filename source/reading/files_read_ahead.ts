/**
 * Files that other threads read before it is their turn, handed on in order.
 *
 * What is under way is bounded by the number of tasks; a task has a bounded number of bytes.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import type { FileReader, FilesAhead } from "../../pipeline/scanned_source.ts";
import type { Assignment, ReadingThreads } from "./reading_threads.ts";
import { type ReadResult, type ReadTask, TASK_BYTES } from "./tasks.ts";

/** Small files that one task reads. */
const PIECES_A_TASK = 8;

type Parts = Parameters<FilesAhead["reader"]>[0];
type Upcoming = Parts["upcoming"] extends Iterable<infer Range> ? Range : never;

/** A piece of a file, on its way. */
interface Piece {
  readonly inode: TreeInode;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly batch: Batch;
  /** Of its task: which piece it is, and where its bytes begin. */
  readonly index: number;
  readonly start: number;
}

/** A task on its way. */
interface Batch {
  assignment?: Assignment<ReadResult>;
  result?: ReadResult;
  countLeft: number;
}

/** Reads files ahead. */
export class FilesReadAhead implements FileReader {
  readonly #upcoming: Iterator<Upcoming>;
  #next: Upcoming | undefined;
  /** Pieces on their way; those before `#first` were handed on. */
  #pieces: Piece[] = [];
  #first = 0;
  #countTasks = 0;
  #last: { readonly inode: TreeInode; readonly batch: Batch } | undefined;
  readonly #spare: ArrayBuffer[] = [];
  #inode: TreeInode | undefined;
  #isDirect = true;
  /** What of the first piece was handed on. */
  #usedBytes = 0;

  constructor(private readonly threads: ReadingThreads, private readonly parts: Parts) {
    this.#upcoming = parts.upcoming[Symbol.iterator]();
    threads.turn();
    this.#goOn();
  }

  settle(inode: TreeInode): Promise<void> | undefined {
    return this.parts.direct.settle?.(inode);
  }

  get descriptor(): number | undefined {
    return this.#isDirect ? this.parts.direct.descriptor : undefined;
  }

  open(inode: TreeInode, number: InodeNumber, isReadAtOnce?: boolean): void {
    this.#inode = inode;
    this.#ask();
    this.#isDirect = this.#pieces[this.#first]?.inode !== inode;
    if (this.#isDirect) this.parts.direct.open(inode, number, isReadAtOnce);
  }

  read(into: Uint8Array, offsetBytes: number): void | Promise<void> {
    if (this.#isDirect) return this.parts.direct.read(into, offsetBytes);
    const done = this.#take(into, offsetBytes, 0);
    if (done < into.length) return this.#readOn(into, offsetBytes, done);
  }

  close(): void {
    if (this.#isDirect) this.parts.direct.close();
    this.#inode = undefined;
  }

  async #readOn(into: Uint8Array, offsetBytes: number, begun: number): Promise<void> {
    for (let done = begun; done < into.length;) {
      this.#ask();
      const { batch } = this.#require(offsetBytes + done);
      batch.result ??= await this.threads.need(batch.assignment!);
      done = this.#take(into, offsetBytes, done);
    }
  }

  /** Hands on what has come. @returns how much of `into` is filled */
  #take(into: Uint8Array, offsetBytes: number, begun: number): number {
    let done = begun;
    while (done < into.length) {
      const piece = this.#require(offsetBytes + done);
      const { batch, index, start, lengthBytes } = piece;
      if (batch.result === undefined) break;
      if (this.#usedBytes === 0) batch.result.problems[index]!.forEach(this.parts.onProblem);
      const length = Math.min(into.length - done, lengthBytes - this.#usedBytes);
      into.set(new Uint8Array(batch.result.bytes, start + this.#usedBytes, length), done);
      done += length;
      this.#usedBytes += length;
      if (this.#usedBytes === lengthBytes) this.#drop(batch);
    }
    return done;
  }

  /** The first piece, which is the one that is asked for: files are read as they are planned. */
  #require(offsetBytes: number): Piece {
    const piece = this.#pieces[this.#first];
    if (piece?.inode !== this.#inode || piece!.offsetBytes + this.#usedBytes !== offsetBytes) {
      throw new Error("icecore bug: a file is read in another order than it was planned.");
    }
    return piece!;
  }

  #drop(batch: Batch): void {
    this.#usedBytes = 0;
    this.#first++;
    if (--batch.countLeft > 0) return;
    this.#spare.push(batch.result!.bytes);
    this.#countTasks--;
    this.#pieces = this.#pieces.slice(this.#first);
    this.#first = 0;
    this.#ask();
  }

  /** Begins as many tasks as are to be under way. */
  #ask(): void {
    while (this.#countTasks < this.threads.depth && this.#next !== undefined) {
      if (!this.#askOnce()) return;
    }
  }

  /** Begins one task. @returns Whether there was something to read by now. */
  #askOnce(): boolean {
    const batch: Batch = { countLeft: 0 };
    const pieces: ReadTask["pieces"][number][] = [];
    // The thread that has read the beginning of a file has it open.
    const behind = this.#last?.inode === this.#next!.inode ? this.#last.batch : undefined;
    let used = 0;
    while (this.#next !== undefined && pieces.length < PIECES_A_TASK && used < TASK_BYTES) {
      const { inode, offsetBytes, lengthBytes } = this.#next;
      const isOpen = this.#last?.inode === inode;
      if (!isOpen && !this.parts.isSettled(inode)) break;
      const length = Math.min(lengthBytes, TASK_BYTES - used);
      // A small file is not split: its thread would have to be waited for.
      if (length < lengthBytes && !isOpen && used > 0) break;
      if (length < lengthBytes) {
        const rest = { offsetBytes: offsetBytes + length, lengthBytes: lengthBytes - length };
        this.#next = { inode, ...rest };
      } else this.#goOn();
      pieces.push({
        ...(isOpen ? {} : { place: this.parts.placeOf(inode)! }),
        offsetBytes,
        lengthBytes: length,
        closes: this.#next?.inode !== inode,
      });
      const index = batch.countLeft++;
      this.#pieces.push({ inode, offsetBytes, lengthBytes: length, batch, index, start: used });
      this.#last = this.#next?.inode === inode ? { inode, batch } : undefined;
      used += length;
    }
    if (pieces.length === 0) return false;
    const into = this.#spare.pop();
    const task: ReadTask = { kind: "read", pieces, ...(into === undefined ? {} : { into }) };
    batch.assignment = this.threads.read(task, behind?.assignment);
    this.#countTasks++;
    return true;
  }

  /** Goes on to the next range of a file that is read ahead. */
  #goOn(): void {
    do {
      const { done, value } = this.#upcoming.next();
      this.#next = done === true ? undefined : value;
    } while (this.#next !== undefined && this.parts.placeOf(this.#next.inode) === undefined);
  }
}
