/**
 * A ring of buffers that two threads share: one fills them in order, the other takes them.
 * @module
 */

/** What both threads need to see the same ring; it can be posted to a worker. */
export interface RingMemory {
  readonly buffers: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

/** Bytes of one buffer: small enough that eight of them stay near the processor. */
export const BUFFER_BYTES = 2 ** 20;
const COUNT_BUFFERS = 8;

/** Said instead of a length: nothing follows. */
const END = -1;

// Words of the control memory.
const FILLED = 0;
const TAKEN = 1;
/** Counts what there is to do, whatever it is: the taking thread sleeps on it. */
const WORK = 2;
const LENGTHS = 3;

/** Makes the memory of a ring. */
export function makeRing(): RingMemory {
  return {
    buffers: new SharedArrayBuffer(BUFFER_BYTES * COUNT_BUFFERS),
    control: new SharedArrayBuffer(4 * (LENGTHS + COUNT_BUFFERS)),
  };
}

/** The side that fills. */
export class RingProducer {
  readonly #control: Int32Array;

  constructor(private readonly memory: RingMemory) {
    this.#control = new Int32Array(memory.control);
  }

  /** The next buffer to fill; only after {@linkcode waitForRoom} has said that there is one. */
  get buffer(): Uint8Array {
    const index = this.#control[FILLED]! % COUNT_BUFFERS;
    return new Uint8Array(this.memory.buffers, index * BUFFER_BYTES, BUFFER_BYTES);
  }

  /** Waits for a free buffer, but no longer than `timeoutMs`. @returns Whether there is one. */
  waitForRoom(timeoutMs: number): boolean {
    const taken = Atomics.load(this.#control, TAKEN);
    if (this.#control[FILLED]! - taken < COUNT_BUFFERS) return true;
    Atomics.wait(this.#control, TAKEN, taken, timeoutMs);
    return this.#control[FILLED]! - Atomics.load(this.#control, TAKEN) < COUNT_BUFFERS;
  }

  /** Waits until the other thread is done with all buffers. @returns Whether it is. */
  waitUntilTaken(timeoutMs: number): boolean {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const taken = Atomics.load(this.#control, TAKEN);
      if (taken === this.#control[FILLED]) return true;
      const rest = deadline - performance.now();
      if (rest <= 0) return false;
      Atomics.wait(this.#control, TAKEN, taken, rest);
    }
  }

  /** Hands the buffer on. There must be room, also for the end. */
  submit(lengthBytes: number): void {
    if (!this.waitForRoom(0)) throw new Error("cannot submit: the ring is full. Wait for room.");
    this.#control[LENGTHS + this.#control[FILLED]! % COUNT_BUFFERS] = lengthBytes;
    Atomics.add(this.#control, FILLED, 1);
    this.wake();
  }

  /** Says that nothing follows. */
  end(): void {
    this.submit(END);
  }

  /** Wakes the taking thread for other work. */
  wake(): void {
    Atomics.add(this.#control, WORK, 1);
    Atomics.notify(this.#control, WORK);
  }
}

/**
 * Takes buffers in order until the end; the thread sleeps while there is nothing to do.
 *
 * @param otherwise Other work, done while no buffer waits.
 */
export function* takeBuffers(
  { buffers, control }: RingMemory,
  otherwise: () => void = () => {},
): Generator<Uint8Array> {
  const words = new Int32Array(control);
  for (let taken = 0;; taken++) {
    for (;;) {
      if (Atomics.load(words, FILLED) !== taken) break;
      const work = Atomics.load(words, WORK);
      otherwise();
      if (Atomics.load(words, FILLED) !== taken) break;
      Atomics.wait(words, WORK, work);
    }
    const index = taken % COUNT_BUFFERS;
    const length = words[LENGTHS + index]!;
    if (length === END) return;
    yield new Uint8Array(buffers, index * BUFFER_BYTES, length);
    Atomics.add(words, TAKEN, 1);
    Atomics.notify(words, TAKEN);
  }
}
