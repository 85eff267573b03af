/**
 * How much of one kind of work is done at a time: what comes on top waits, and too much is refused.
 * @module
 */

/** Too many wait already. */
export class BusyError extends Error {
  override readonly name = "BusyError";
  readonly code = "busy";

  constructor() {
    super("cannot answer: too much was asked for at once. Try again in a moment.");
  }
}

/** A place in work of one kind; given back once. */
export type Release = () => void;

/** Places for work. */
export class Slots {
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  /**
   * @param most What is done at a time.
   * @param mostWaiting What may wait for it.
   */
  constructor(private readonly most: number, private readonly mostWaiting: number) {}

  /**
   * Waits for a place.
   *
   * @throws BusyError; the signal's reason when whoever asked has gone
   */
  async take(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#taken < this.most) {
      this.#taken++;
      return this.#release();
    }
    if (this.#waiting.size >= this.mostWaiting) throw new BusyError();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
    return this.#release();
  }

  /** The place goes to who has waited longest. */
  #release(): Release {
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#taken--;
        return;
      }
      this.#waiting.delete(next);
      next();
    };
  }
}
