/**
 * The time that a step may take, counted while the build waits for it.
 * @module
 */

import { setTimeout } from "node:timers";

/** A clock that runs and rests, and says when the time is over. */
export class StepClock {
  readonly #expiry = new AbortController();
  readonly #expired = Promise.withResolvers<never>();
  #leftMs: number;
  #startMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param makeError The error when the time is over. */
  constructor(seconds: number, private readonly makeError: () => Error) {
    this.#leftMs = seconds * 1000;
    this.#expired.promise.catch(() => {});
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#expiry.signal;
  }

  /** Lets the clock run, or rest. */
  set isRunning(isRunning: boolean) {
    if (isRunning === (this.#timer !== undefined)) return;
    if (isRunning) {
      this.#startMs = performance.now();
      this.#timer = setTimeout(() => this.#expire(), this.#leftMs);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startMs));
  }

  /** What `work` comes to, or a failure when the time is over before. @throws the clock's error */
  orExpired<T>(work: T | PromiseLike<T>): Promise<T> {
    return Promise.race([this.#expired.promise, work]);
  }

  /** The same, with the clock running meanwhile. @throws the clock's error */
  async limit<T>(work: () => T | PromiseLike<T>): Promise<T> {
    this.isRunning = true;
    try {
      return await this.orExpired(work());
    } finally {
      this.isRunning = false;
    }
  }

  #expire(): void {
    const error = this.makeError();
    this.#expired.reject(error);
    this.#expiry.abort(error);
  }
}
