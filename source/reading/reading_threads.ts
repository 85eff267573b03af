/**
 * Threads that look at names and read files of a source while the first one goes on.
 *
 * Where each operation takes long, as over a network, the time goes by waiting; so many operations
 * are under way at once as there are threads. Their number grows only while more of them help.
 * @module
 */

import { OPEN_FILES_LIMIT } from "../../host/files/open_files.ts";
import { unposted } from "./posted_error.ts";
import type { Answer, LookResult, LookTask, ReadingTask, ReadResult, ReadTask } from "./tasks.ts";

/** So many can be asked for. */
export const MOST_THREADS = 64;
/** What the other threads have open, and what each of these may have, its runtime included. */
const OTHER_FILES = 64;
const FILES_A_THREAD = 24;
/** So many can be at work. */
const MOST_AT_WORK = Math.max(1, Math.floor((OPEN_FILES_LIMIT - OTHER_FILES) / FILES_A_THREAD));
/** So many may help. */
const MOST_HELPING = Math.min(16, MOST_AT_WORK);
const FIRST_THREADS = 4;
/** Each may have the memory of a task. */
const MOST_TASKS = 64;
/** One task at hand, and one that it finds when it is done with that. */
const TASKS_A_THREAD = 2;
/** A name or a file that takes longer is waited for: it is looked at or read by several calls. */
const SLOW_MS = 0.4;
/** So many bytes may take as long as a name. */
const BYTES_A_NAME = 200_000;
/** The first thread waits for the others for this part of the time, or more of them do not help. */
const WAITING = 0.25;
/** So much more has to be done by more threads, or they were too many. */
const WORTH = 1.2;
/** Long enough to measure. */
const STRETCH_MS = 60;

/** A task on its way. */
export interface Assignment<Result> {
  readonly result: Promise<Result>;
}

/** The threads of one source. */
export class ReadingThreads {
  readonly #threads: Thread[] = [];
  readonly #waiting: Job[] = [];
  readonly #most: number;
  #failure: unknown;
  readonly #growth = new Growth();

  /**
   * @param begin What each thread is posted first.
   * @param fixed How many there are, as far as files may be open; absent: as many as help.
   */
  constructor(
    private readonly begin: ReadingTask,
    private readonly signal: AbortSignal,
    fixed?: number,
  ) {
    this.#most = Math.min(fixed ?? MOST_HELPING, MOST_AT_WORK);
    signal.addEventListener("abort", this.#abort);
    this.#growTo(Math.min(fixed ?? FIRST_THREADS, this.#most));
  }

  /** How many tasks to have under way: enough that no thread waits, and more are seen to help. */
  get depth(): number {
    return Math.min(MOST_TASKS, 4 * Math.max(this.#threads.length, 4));
  }

  /** Waits for what is needed now. */
  async need<Result>({ result }: Assignment<Result>): Promise<Result> {
    const startMs = performance.now();
    try {
      return await result;
    } finally {
      this.#growth.waited(performance.now() - startMs);
    }
  }

  /** Says that other work begins: what was measured says nothing of it. */
  turn(): void {
    this.#growth.turn();
  }

  /** Looks at names. */
  look(task: LookTask): Assignment<LookResult> {
    return this.#assign(task) as Assignment<LookResult>;
  }

  /** Reads pieces of files. @param behind A task of which the thread still has a file open. */
  read(task: ReadTask, behind?: Assignment<ReadResult>): Assignment<ReadResult> {
    return this.#assign(task, behind as Job | undefined) as Assignment<ReadResult>;
  }

  /** Ends all threads, whatever they do. */
  close(): void {
    this.signal.removeEventListener("abort", this.#abort);
    this.#fail(new Error("icecore bug: a source is read after it was closed."));
    for (const { worker } of this.#threads) worker.terminate();
    this.#threads.length = 0;
  }

  #assign(task: LookTask | ReadTask, behind?: Job): Job {
    const job = new Job(task);
    if (this.#failure !== undefined) job.reject(this.#failure);
    else if (behind === undefined) this.#waiting.push(job);
    else if (behind.thread === undefined) behind.followers.push(job);
    else behind.thread.own.push(job);
    this.#dispatch();
    return job;
  }

  #dispatch(): void {
    for (let isBusy = false; !isBusy;) {
      isBusy = true;
      // The least busy first: none waits while another has two.
      const byLoad = this.#threads.toSorted((a, b) => a.given.length - b.given.length);
      for (const thread of byLoad) {
        if (thread.given.length >= TASKS_A_THREAD) continue;
        const job = thread.own.shift() ?? this.#waiting.shift();
        if (job === undefined) continue;
        job.thread = thread;
        thread.own.push(...job.followers);
        thread.given.push(job);
        const { task } = job;
        const transfer = task.kind === "read" && task.into !== undefined ? [task.into] : [];
        thread.worker.postMessage(task, transfer);
        isBusy = false;
        break;
      }
    }
  }

  #answered(thread: Thread, answer: Answer): void {
    const job = thread.given.shift()!;
    if (answer.kind === "failed") job.reject(unposted(answer.error));
    else {
      job.resolve(answer.result);
      this.#growth.add(sizeOf(job.task, answer.result), answer.ms);
    }
    if (this.#waiting.length > 0 && this.#threads.length < this.#most) this.#mayGrow();
    this.#dispatch();
  }

  #mayGrow(): void {
    const factor = this.#growth.factor();
    if (factor > 1) this.#growTo(Math.min(this.#most, this.#threads.length * factor));
  }

  #growTo(count: number): void {
    while (this.#threads.length < count) {
      const worker = new Worker(new URL("./reading_worker.ts", import.meta.url), {
        type: "module",
      });
      const thread: Thread = { worker, own: [], given: [] };
      worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answered(thread, data);
      worker.onerror = (event) => {
        event.preventDefault();
        this.#fail(new Error(`cannot read ahead: ${event.message}. Report this.`));
      };
      worker.postMessage(this.begin);
      this.#threads.push(thread);
    }
    this.#growth.begin();
  }

  readonly #abort = () => this.#fail(this.signal.reason);

  #fail(error: unknown): void {
    this.#failure ??= error;
    const jobs = [
      ...this.#waiting.splice(0),
      ...this.#threads.flatMap(({ own, given }) => [...own.splice(0), ...given]),
    ];
    for (const job of jobs) {
      job.reject(this.#failure);
      for (const follower of job.followers) follower.reject(this.#failure);
    }
  }
}

interface Thread {
  readonly worker: Worker;
  /** What only it can do. */
  readonly own: Job[];
  /** What was posted to it, in order. */
  readonly given: Job[];
}

class Job implements Assignment<LookResult | ReadResult> {
  readonly result: Promise<LookResult | ReadResult>;
  thread: Thread | undefined;
  readonly followers: Job[] = [];
  resolve!: (result: LookResult | ReadResult) => void;
  reject!: (error: unknown) => void;

  constructor(readonly task: LookTask | ReadTask) {
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Who does not wait for it any more does not want to know.
    this.result.catch(() => {});
  }
}

/** Measures whether more threads are worth it. */
class Growth {
  #count = 0;
  #ms = 0;
  #waitedMs = 0;
  #beginMs = 0;
  /** Done a millisecond before there were more threads. */
  #before = 0;

  /** Goes on with another number of threads. */
  begin(): void {
    this.#count = 0;
    this.#ms = 0;
    this.#waitedMs = 0;
    this.#beginMs = performance.now();
  }

  turn(): void {
    this.#before = 0;
    this.begin();
  }

  add(count: number, ms: number): void {
    this.#count += count;
    this.#ms += ms;
  }

  waited(ms: number): void {
    this.#waitedMs += ms;
  }

  /** By how much to multiply the threads; 1: not, or not yet. */
  factor(): number {
    const stretchMs = performance.now() - this.#beginMs;
    if (stretchMs < STRETCH_MS || this.#count === 0) return 1;
    const rate = this.#count / stretchMs;
    const isSlow = this.#ms / this.#count >= SLOW_MS && this.#waitedMs >= WAITING * stretchMs;
    if (isSlow && rate >= this.#before * WORTH) {
      this.#before = rate;
      return 2;
    }
    this.begin();
    return 1;
  }
}

/** What a task was worth, in names. */
function sizeOf(task: LookTask | ReadTask, result: LookResult | ReadResult): number {
  if (task.kind === "look") return (result as LookResult).looked.length;
  return task.pieces.reduce((sum, { lengthBytes }) => sum + 1 + lengthBytes / BYTES_A_NAME, 0);
}
