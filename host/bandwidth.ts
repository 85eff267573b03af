/**
 * Bytes a second, and no more.
 * @module
 */

/** What is not used may be caught up on, but not more than of this time. */
const MOST_SAVED_MS = 1000;

/** A bucket that fills at a rate. */
export class Bandwidth {
  /** When all that was taken so far will have been paid for. */
  #paidMs = -Infinity;

  /** @param bytesPerSecond Above 0. */
  constructor(private readonly bytesPerSecond: number) {}

  /** Takes bytes. @returns How long to wait before more are taken, in milliseconds; 0: not at all. */
  take(countBytes: number, nowMs: number): number {
    const costMs = 1000 * countBytes / this.bytesPerSecond;
    this.#paidMs = Math.max(this.#paidMs, nowMs - MOST_SAVED_MS) + costMs;
    return Math.max(0, this.#paidMs - nowMs);
  }
}
