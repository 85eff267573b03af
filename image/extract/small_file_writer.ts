/**
 * Has small files made by two threads: one of its own, and this one whenever the other has all the
 * work it can take.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { SystemError } from "../../host/libc/errno.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import { BUFFER_BYTES, makeRing, RingProducer } from "../../host/threads/ring.ts";
import { BatchWriter, type NewSmallFile } from "./small_file_batch.ts";
import { type Refusal, SmallFileMaker } from "./small_file_maker.ts";
import { makeWriteMemory, WriteState } from "./write_state.ts";
import type { WriteTask } from "./write_worker.ts";

/** How long this thread sleeps at the end before it lets the event loop run. */
const WAIT_MS = 20;
/** How long the other thread may take for what it has begun, when all is to end. */
const PATIENCE_MS = 30_000;

/** A file that could not be made. */
export class IncompleteFileError extends Error {
  constructor(readonly row: TreeInode, override readonly cause: Error) {
    super(cause.message);
  }
}

/** Both threads at work. */
export class SmallFileWriter {
  readonly #worker: Worker;
  readonly #ring: RingProducer;
  readonly #state: WriteState;
  readonly #maker: SmallFileMaker;
  readonly #ownBuffer = new Uint8Array(BUFFER_BYTES);
  readonly #othersRefusals: Promise<readonly Refusal[]>;
  #batch: BatchWriter | undefined;
  #isOwn = false;
  #crash: Error | undefined;
  #isEnded = false;

  /** @param openFolder Opens a folder for one batch; the writer closes it. */
  constructor(
    private readonly breather: Breather,
    private readonly openFolder: (row: TreeInode) => Descriptor,
  ) {
    const task: WriteTask = { ring: makeRing(), state: makeWriteMemory() };
    this.#ring = new RingProducer(task.ring);
    this.#state = new WriteState(task.state);
    this.#maker = new SmallFileMaker(this.#state);
    this.#worker = new Worker(new URL("./write_worker.ts", import.meta.url), { type: "module" });
    this.#othersRefusals = new Promise((resolve, reject) => {
      this.#worker.onmessage = (event: MessageEvent<readonly Refusal[]>) => resolve(event.data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#crash = new Error(`cannot write: ${event.message}. Report this.`);
        reject(this.#crash);
      };
    });
    // Whoever asks for the result gets the failure; nobody may ask after an abort.
    this.#othersRefusals.catch(() => {});
    this.#worker.postMessage(task);
  }

  /** Files that are complete, of those that were handed over. */
  get countMade(): number {
    return this.#state.countMade;
  }

  /** Where the contents of the next file are to be put. @throws IncompleteFileError of another. */
  room(sizeBytes: number): Uint8Array {
    const room = this.#batch?.room(sizeBytes);
    if (room !== undefined) return room;
    this.#submit();
    this.#requireComplete();
    this.#isOwn = !this.#ring.waitForRoom(0);
    const buffer = this.#isOwn ? this.#ownBuffer : this.#ring.buffer;
    this.#batch = new BatchWriter(buffer, this.openFolder);
    return this.#batch.room(sizeBytes)!;
  }

  /** Hands a file over, whose contents lie in its room. */
  add(file: NewSmallFile): void {
    this.#batch!.add(file);
    if (this.#batch!.isFull) this.#submit();
  }

  /** Waits for all files. @returns What was refused. @throws IncompleteFileError */
  async finish(): Promise<readonly Refusal[]> {
    this.#submit();
    while (!this.#ring.waitUntilTaken(WAIT_MS)) {
      await this.breather.pause();
      this.#requireComplete();
    }
    this.#end();
    const refusals = [...await this.#othersRefusals, ...this.#maker.refusals];
    this.#requireComplete();
    return refusals;
  }

  /** Leaves what was not begun, and ends the thread without letting anything else run. */
  close(): void {
    this.#state.stop();
    if (this.#batch !== undefined) this.#maker.makeAll(this.#batch.bytes);
    this.#batch = undefined;
    if (!this.#isEnded && this.#crash === undefined) {
      if (this.#ring.waitUntilTaken(PATIENCE_MS)) this.#end();
    }
    this.#worker.terminate();
  }

  #submit(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch === undefined) return;
    if (this.#isOwn) this.#maker.makeAll(batch.bytes);
    else this.#ring.submit(batch.endBytes);
  }

  #end(): void {
    this.#isEnded = true;
    this.#ring.end();
  }

  #requireComplete(): void {
    if (this.#crash !== undefined) throw this.#crash;
    const { failure } = this.#state;
    if (failure === undefined) return;
    throw new IncompleteFileError(failure.row, new SystemError("write", failure.errno));
  }
}
