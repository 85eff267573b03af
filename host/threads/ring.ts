/**
 * A ring of buffers that threads share: one fills them in order, each of the others takes them all.
 * @module
 */

/** What all threads need to see the same ring; it can be posted to a worker. */
export interface RingMemory {
  readonly buffers: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly countTakers: number;
  /** Of one buffer. */
  readonly bufferBytes: number;
}

/** Most bytes of one buffer: small enough that eight of them stay near the processor. */
export const BUFFER_BYTES = 2 ** 20;
/** Less than this is little: what is there for more takes longer to begin than it spares. */
export const LITTLE_BYTES = 2 ** 25;
/** Of one where there is little to hand on: the first is full sooner, and the last taken. */
const SMALL_BUFFER_BYTES = 2 ** 18;
export const COUNT_BUFFERS = 8;

/** Said instead of a length: nothing follows. */
const END = -1;

// Words of the control memory.
const FILLED = 0;
/** Counts what there is to do, whatever it is: the taking threads sleep on it. */
const WORK = 1;
const LENGTHS = 2;
/** From here on, how many buffers each taker is done with. */
const TAKEN = LENGTHS + COUNT_BUFFERS;

/**
 * Makes the memory of a ring.
 * @param countTakers threads that take each buffer
 * @param sizeBytes what is to be handed on in all, if that is known
 */
export function makeRing(countTakers = 1, sizeBytes = Infinity): RingMemory {
  const bufferBytes = sizeBytes < LITTLE_BYTES ? SMALL_BUFFER_BYTES : BUFFER_BYTES;
  return {
    buffers: new SharedArrayBuffer(bufferBytes * COUNT_BUFFERS),
    control: new SharedArrayBuffer(4 * (TAKEN + countTakers)),
    countTakers,
    bufferBytes,
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
    const { buffers, bufferBytes } = this.memory;
    return new Uint8Array(buffers, this.index * bufferBytes, bufferBytes);
  }

  /** Where the buffer to fill lies in the ring: 0 to {@linkcode COUNT_BUFFERS} - 1. */
  get index(): number {
    return this.#control[FILLED]! % COUNT_BUFFERS;
  }

  /** Waits for a free buffer, but no longer than `timeoutMs`. @returns Whether there is one. */
  waitForRoom(timeoutMs: number): boolean {
    return this.#waitUntil(this.#control[FILLED]! - COUNT_BUFFERS + 1, timeoutMs);
  }

  /** Waits until the other threads are done with all buffers. @returns Whether they are. */
  waitUntilTaken(timeoutMs: number): boolean {
    return this.#waitUntil(this.#control[FILLED]!, timeoutMs);
  }

  /** Waits until every taker is done with `count` buffers. */
  #waitUntil(count: number, timeoutMs: number): boolean {
    let deadline: number | undefined;
    for (let taker = 0; taker < this.memory.countTakers;) {
      const taken = Atomics.load(this.#control, TAKEN + taker);
      if (taken >= count) {
        taker++;
        continue;
      }
      deadline ??= performance.now() + timeoutMs;
      const rest = deadline - performance.now();
      if (rest <= 0) return false;
      Atomics.wait(this.#control, TAKEN + taker, taken, rest);
    }
    return true;
  }

  /** Hands the buffer on. There must be room, also for the end. */
  submit(lengthBytes: number): void {
    if (!this.waitForRoom(0)) throw new Error("cannot submit: the ring is full. Wait for room.");
    this.#control[LENGTHS + this.index] = lengthBytes;
    Atomics.add(this.#control, FILLED, 1);
    this.wake();
  }

  /** Says that nothing follows. */
  end(): void {
    this.submit(END);
  }

  /** Wakes the taking threads for other work. */
  wake(): void {
    Atomics.add(this.#control, WORK, 1);
    Atomics.notify(this.#control, WORK);
  }
}

/**
 * Takes buffers in order until the end; the thread sleeps while there is nothing to do.
 *
 * @param taker Which of the takers this is, from 0 on.
 * @param otherwise Other work, done while no buffer waits.
 */
export function* takeBuffers(
  { buffers, control, bufferBytes }: RingMemory,
  taker = 0,
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
    yield new Uint8Array(buffers, index * bufferBytes, length);
    Atomics.add(words, TAKEN + taker, 1);
    Atomics.notify(words, TAKEN + taker);
  }
}
