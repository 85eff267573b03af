/**
 * Has small files completed on another thread while this one reads, verifies and opens the next.
 * @module
 */

import type { TreeInode } from "../../../ext4/tree.ts";
import type { Breather } from "../../../host/breathe.ts";
import { SystemError } from "../../../host/libc/errno.ts";
import { makeRing, RingProducer } from "../../pack/ring.ts";
import { BatchWriter, type PendingFile } from "./file_batch.ts";
import { makeFailureMemory, WriteFailures } from "./write_failures.ts";
import type { Refusal, WriteTask } from "./write_worker.ts";

/** Files are handed over together; with eight batches under way few descriptors are in use. */
const FILES_A_BATCH = 48;
/** How long this thread sleeps for a free buffer before it lets the event loop run. */
const WAIT_MS = 20;
/** How long the thread may take for what it has, a few megabytes, when all is to end. */
const PATIENCE_MS = 30_000;

/** A file that could not be written. */
export class IncompleteFileError extends Error {
  constructor(readonly row: TreeInode, override readonly cause: Error) {
    super(cause.message);
  }
}

/** A running thread that completes files. */
export class FileCompleter {
  readonly #worker: Worker;
  readonly #ring: RingProducer;
  readonly #failures: WriteFailures;
  readonly #result: Promise<readonly Refusal[]>;
  #batch: BatchWriter | undefined;
  #crash: Error | undefined;
  #isEnded = false;

  constructor(private readonly breather: Breather) {
    const task: WriteTask = { ring: makeRing(), failures: makeFailureMemory() };
    this.#ring = new RingProducer(task.ring);
    this.#failures = new WriteFailures(task.failures);
    this.#worker = new Worker(new URL("./write_worker.ts", import.meta.url), { type: "module" });
    this.#result = new Promise((resolve, reject) => {
      this.#worker.onmessage = (event: MessageEvent<readonly Refusal[]>) => resolve(event.data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#crash = new Error(`cannot write: ${event.message}. Report this.`);
        reject(this.#crash);
      };
    });
    // Whoever asks for the result gets the failure; nobody may ask after an abort.
    this.#result.catch(() => {});
    this.#worker.postMessage(task);
  }

  /** Files that are not complete, and never will be. */
  get incomplete(): readonly TreeInode[] {
    return this.#failures.rows;
  }

  /** Where the contents of the next file are to be put. @throws IncompleteFileError of another. */
  async room(sizeBytes: number): Promise<Uint8Array> {
    const room = this.#batch?.room(sizeBytes);
    if (room !== undefined) return room;
    this.#submit();
    await this.#waitForRoom();
    this.#batch = new BatchWriter(this.#ring.buffer);
    return this.#batch.room(sizeBytes)!;
  }

  /** Hands a file over, whose contents lie in its room; the thread closes it. */
  add(file: PendingFile): void {
    this.#batch!.add(file);
    if (this.#batch!.countFiles === FILES_A_BATCH) this.#submit();
  }

  /** Waits for all files. @throws IncompleteFileError */
  async finish(): Promise<readonly Refusal[]> {
    this.#submit();
    await this.#waitForRoom();
    this.#end();
    const refusals = await this.#result;
    this.#requireComplete();
    return refusals;
  }

  /** Completes what was handed over, without letting anything else run, and ends the thread. */
  close(): void {
    if (!this.#isEnded && this.#crash === undefined) {
      this.#submit();
      if (this.#ring.waitUntilTaken(PATIENCE_MS)) this.#end();
    }
    this.#worker.terminate();
  }

  #submit(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch !== undefined) this.#ring.submit(batch.endBytes);
  }

  #end(): void {
    this.#isEnded = true;
    this.#ring.end();
  }

  async #waitForRoom(): Promise<void> {
    this.#requireComplete();
    while (!this.#ring.waitForRoom(WAIT_MS)) {
      await this.breather.pause();
      this.#requireComplete();
    }
  }

  #requireComplete(): void {
    if (this.#crash !== undefined) throw this.#crash;
    if (this.#failures.count === 0) return;
    const cause = new SystemError("write", this.#failures.errno);
    throw new IncompleteFileError(this.#failures.rows[0]!, cause);
  }
}
