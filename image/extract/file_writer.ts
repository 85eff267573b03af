/**
 * Has files made by several threads, of which this is one: it makes small files itself whenever the
 * others have all the work they can take.
 * @module
 */

import type { Tree, TreeEntry, TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { SystemError } from "../../host/libc/errno.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import { JOB_BYTES, JobGiver, makeJobMemory } from "../../host/threads/job_pool.ts";
import { type ContentsPlace, placeLengthBytes, writePlace } from "./contents_place.ts";
import { BatchWriter } from "./file_batch.ts";
import { FileMaker, type MakerReport } from "./file_maker.ts";
import { FileThreads } from "./file_threads.ts";
import type { OwnerAndMode } from "./plain_metadata.ts";
import { makeWriteMemory, WriteState } from "./write_state.ts";

/** How long this thread sleeps at the end before it lets the event loop run. */
const WAIT_MS = 20;
/** How long the other threads may take for what they have begun, when all is to end. */
const PATIENCE_MS = 30_000;
/** Batches a thread that are given out before this thread makes the next itself. */
const BATCHES_A_THREAD = 8;
/** Of long files, one more than is under way: at the end, little is left to wait for. */
const LONG_FILES_A_THREAD = 2;
/** More stretches are for this thread to copy. */
const MOST_STRETCHES = 1000;

/** A file that could not be made. */
export class IncompleteFileError extends Error {
  constructor(readonly row: TreeInode, override readonly cause: Error) {
    super(cause.message);
  }
}

/** All threads at work. */
export class FileWriter {
  readonly #threads: FileThreads;
  readonly #jobs: JobGiver;
  readonly #state: WriteState;
  readonly #maker: FileMaker;
  readonly #ownBuffer = new Uint8Array(JOB_BYTES);
  #batch: BatchWriter | undefined;
  /** The number of the batch's buffer; `undefined` for this thread's own. */
  #index: number | undefined;
  #isEnded = false;

  /**
   * @param tree What the names of the files are in.
   * @param openFolder Opens a folder for one batch; the writer closes it.
   * @param image The image, where files are to be copied by their places.
   */
  constructor(
    private readonly breather: Breather,
    private readonly tree: Tree,
    private readonly openFolder: (row: TreeInode) => Descriptor,
    image: Descriptor | undefined,
  ) {
    const task = { jobs: makeJobMemory(), state: makeWriteMemory(), image };
    this.#jobs = new JobGiver(task.jobs);
    this.#state = new WriteState(task.state);
    this.#maker = new FileMaker(this.#state);
    this.#threads = new FileThreads(task);
  }

  /** Files that are complete, of those that were handed over. */
  get countMade(): number {
    return this.#state.countMade;
  }

  /** What the next file goes into, unless its contents need more room than there is. */
  get batch(): BatchWriter | undefined {
    return this.#batch;
  }

  /** A batch that has room for contents. @throws IncompleteFileError of another file */
  batchFor(lengthBytes: number): BatchWriter {
    if (this.#batch !== undefined && this.#batch.roomBytes >= lengthBytes) return this.#batch;
    this.#submit();
    this.#requireComplete();
    return this.#batch = this.#nextBatch();
  }

  /** Hands the batch over where it is full. */
  submitFull(): void {
    if (this.#batch?.isFull === true) this.#submit();
  }

  /** Whether another thread has time for a long file. @throws IncompleteFileError of another */
  takesLong({ stretches }: ContentsPlace): boolean {
    this.#requireComplete();
    return stretches.length <= MOST_STRETCHES &&
      this.#jobs.countOpen < LONG_FILES_A_THREAD * this.#threads.count;
  }

  /** Hands a file over by the place of its contents: for it alone, as it takes long. */
  addLong(entry: TreeEntry, owner: OwnerAndMode, place: ContentsPlace): void {
    this.#submit();
    const { index, buffer } = this.#jobs.free()!;
    const batch = new BatchWriter(buffer, this.tree, this.openFolder);
    this.#batch = batch;
    this.#index = index;
    const lengthBytes = placeLengthBytes(place);
    const at = batch.take(lengthBytes);
    writePlace(place, batch.view(at, lengthBytes));
    batch.add(entry, owner, at, lengthBytes, true);
    this.#submit();
  }

  /** Waits for all files. @throws IncompleteFileError */
  async finish(): Promise<readonly MakerReport[]> {
    this.#submit();
    while (!this.#jobs.waitUntilDone(WAIT_MS)) {
      await this.breather.pause();
      this.#requireComplete();
    }
    this.#end();
    const reports = [...await this.#threads.reports(), this.#maker.report];
    this.#requireComplete();
    return reports;
  }

  /** Leaves what was not begun, and ends the threads without letting anything else run. */
  close(): void {
    this.#state.stop();
    if (this.#batch !== undefined) this.#maker.makeAll(this.#batch.bytes);
    this.#batch = undefined;
    if (this.#threads.crash !== undefined) {
      // What waits may have nobody left to take it; a file that is being made is completed.
      this.#jobs.waitUntilIdle(PATIENCE_MS);
    } else if (!this.#isEnded && this.#jobs.waitUntilDone(PATIENCE_MS)) this.#end();
    this.#threads.close();
  }

  #nextBatch(): BatchWriter {
    const free = this.#jobs.free(BATCHES_A_THREAD * this.#threads.count);
    this.#index = free?.index;
    return new BatchWriter(free?.buffer ?? this.#ownBuffer, this.tree, this.openFolder);
  }

  #submit(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch === undefined) return;
    if (this.#index !== undefined) return this.#jobs.give(this.#index, batch.endBytes);
    this.#threads.observe(batch.countFiles, () => this.#maker.makeAll(batch.bytes));
  }

  #end(): void {
    this.#isEnded = true;
    this.#jobs.end();
  }

  #requireComplete(): void {
    if (this.#threads.crash !== undefined) throw this.#threads.crash;
    const { failure } = this.#state;
    if (failure === undefined) return;
    throw new IncompleteFileError(failure.row, new SystemError("write", failure.errno));
  }
}
