/**
 * The threads that make files: one, and more where a file system takes long for each.
 * @module
 */

import { BlockedClock } from "../../host/threads/blocked_clock.ts";
import type { MakerReport } from "./file_maker.ts";
import type { WriteFailure, WriteTask } from "./write_worker.ts";

/** Where each file takes long, threads wait most of the time: so many of them may. */
const MOST_THREADS = 12;
/** A file waits no longer than this where another thread would only compete for the processors. */
const QUICK_FILE_MS = 0.5;
/** A thread more for so much that a file waits. */
const FILE_MS_A_THREAD = 0.2;
/** Fewer files say little. */
const LEAST_FILES = 8;

/** Threads that take from the same jobs. */
export class FileThreads {
  readonly #workers: Worker[] = [];
  readonly #reports: Promise<MakerReport>[] = [];
  #clock = BlockedClock.open();
  #isSlow = false;
  #crash: Error | undefined;

  constructor(private readonly task: WriteTask) {
    this.#start();
  }

  /** How many there are. */
  get count(): number {
    return this.#workers.length;
  }

  /** Why one ended before its time, if so. */
  get crash(): Error | undefined {
    return this.#crash;
  }

  /** Makes files on this thread, to see how long that takes. */
  observe(countFiles: number, make: () => void): void {
    const begin = this.#clock?.blockedMs() ?? NaN;
    make();
    this.#conclude(countFiles, ((this.#clock?.blockedMs() ?? NaN) - begin) / countFiles);
  }

  #conclude(countFiles: number, fileMs: number): void {
    if (countFiles < LEAST_FILES) return;
    // Once may be another thread that lost its processor while it held a folder's lock.
    const wasSlow = this.#isSlow;
    this.#isSlow = fileMs > QUICK_FILE_MS;
    if (!wasSlow || !this.#isSlow) return;
    const wanted = Math.min(MOST_THREADS, Math.ceil(fileMs / FILE_MS_A_THREAD));
    while (this.count < wanted) this.#start();
  }

  /** What all have to say when no job follows. @throws Error of one that failed */
  async reports(): Promise<readonly MakerReport[]> {
    return await Promise.all(this.#reports);
  }

  /** Ends all at once. */
  close(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#clock?.close();
    this.#clock = undefined;
  }

  #start(): void {
    const worker = new Worker(new URL("./write_worker.ts", import.meta.url), { type: "module" });
    const report = new Promise<MakerReport>((resolve, reject) => {
      const fail = (why: string) => {
        this.#crash = new Error(`cannot write: ${why}. Report this.`);
        reject(this.#crash);
      };
      worker.onmessage = ({ data }: MessageEvent<MakerReport | WriteFailure>) =>
        "failure" in data ? fail(data.failure) : resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message);
      };
    });
    // Whoever asks for the report gets the failure; nobody may ask after an abort.
    report.catch(() => {});
    this.#workers.push(worker);
    this.#reports.push(report);
    worker.postMessage(this.task);
  }
}
