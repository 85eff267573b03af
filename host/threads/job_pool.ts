/**
 * Jobs that threads share: one gives them out in buffers, and each is done by whichever of the
 * others takes it first.
 * @module
 */

/** What all threads need to see the same jobs; it can be posted to a worker. */
export interface JobMemory {
  readonly buffers: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

/** Bytes of one buffer. */
export const JOB_BYTES = 2 ** 19;
/** Most jobs there can be at a time, those under way among them. */
export const MOST_JOBS = 32;

// Words of the control memory.
/** Counts what was given out. */
const GIVEN = 0;
/** Counts what was done: the giver sleeps on it. */
const DONE = 1;
const IS_ENDED = 2;
/** Counts what there is to look at, a job or the end: the threads sleep on it. */
const NEWS = 3;
const LENGTHS = 4;
const STATES = LENGTHS + MOST_JOBS;
const COUNT_WORDS = STATES + MOST_JOBS;

const FREE = 0;
const WAITING = 1;
const TAKEN = 2;

/** Makes the memory. What is not used of it takes none of the machine's. */
export function makeJobMemory(): JobMemory {
  return {
    buffers: new SharedArrayBuffer(JOB_BYTES * MOST_JOBS),
    control: new SharedArrayBuffer(4 * COUNT_WORDS),
  };
}

/** The side that gives jobs out. */
export class JobGiver {
  readonly #words: Int32Array;

  constructor(private readonly memory: JobMemory) {
    this.#words = new Int32Array(memory.control);
  }

  /** Jobs that are not done yet. */
  get countOpen(): number {
    return this.#words[GIVEN]! - Atomics.load(this.#words, DONE);
  }

  /** A free buffer, and its number; `undefined` where as many jobs as may be are open. */
  free(mostOpen = MOST_JOBS): { readonly index: number; readonly buffer: Uint8Array } | undefined {
    if (this.countOpen >= mostOpen) return undefined;
    for (let index = 0; index < MOST_JOBS; index++) {
      if (Atomics.load(this.#words, STATES + index) !== FREE) continue;
      const buffer = new Uint8Array(this.memory.buffers, index * JOB_BYTES, JOB_BYTES);
      return { index, buffer };
    }
    return undefined;
  }

  /** Gives out a buffer that was free and has been filled. */
  give(index: number, lengthBytes: number): void {
    this.#words[LENGTHS + index] = lengthBytes;
    Atomics.store(this.#words, STATES + index, WAITING);
    Atomics.add(this.#words, GIVEN, 1);
    Atomics.add(this.#words, NEWS, 1);
    Atomics.notify(this.#words, NEWS, 1);
  }

  /** Waits until no more than `mostOpen` jobs are open. @returns Whether that is so. */
  waitUntilDone(timeoutMs: number, mostOpen = 0): boolean {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const done = Atomics.load(this.#words, DONE);
      if (this.#words[GIVEN]! - done <= mostOpen) return true;
      const rest = deadline - performance.now();
      if (rest <= 0) return false;
      Atomics.wait(this.#words, DONE, done, rest);
    }
  }

  /** Waits until no thread is at a job, whatever waits to be taken. @returns Whether that is so. */
  waitUntilIdle(timeoutMs: number): boolean {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const done = Atomics.load(this.#words, DONE);
      if (!this.#isAnyTaken()) return true;
      const rest = deadline - performance.now();
      if (rest <= 0) return false;
      Atomics.wait(this.#words, DONE, done, rest);
    }
  }

  #isAnyTaken(): boolean {
    for (let index = 0; index < MOST_JOBS; index++) {
      if (Atomics.load(this.#words, STATES + index) === TAKEN) return true;
    }
    return false;
  }

  /** Says that no more jobs follow. */
  end(): void {
    Atomics.store(this.#words, IS_ENDED, 1);
    Atomics.add(this.#words, NEWS, 1);
    Atomics.notify(this.#words, NEWS);
  }
}

/** Takes one job after the other until the end; the thread sleeps while there is none. */
export function* takeJobs({ buffers, control }: JobMemory): Generator<Uint8Array> {
  const words = new Int32Array(control);
  for (;;) {
    const news = Atomics.load(words, NEWS);
    const index = takeOne(words);
    if (index !== undefined) {
      try {
        yield new Uint8Array(buffers, index * JOB_BYTES, words[LENGTHS + index]!);
      } finally {
        // Where the thread fails as well: nobody else would ever say so.
        Atomics.store(words, STATES + index, FREE);
        Atomics.add(words, DONE, 1);
        Atomics.notify(words, DONE);
      }
      continue;
    }
    if (Atomics.load(words, IS_ENDED) === 1) return;
    Atomics.wait(words, NEWS, news);
  }
}

function takeOne(words: Int32Array): number | undefined {
  for (let index = 0; index < MOST_JOBS; index++) {
    if (Atomics.compareExchange(words, STATES + index, WAITING, TAKEN) === WAITING) return index;
  }
  return undefined;
}
