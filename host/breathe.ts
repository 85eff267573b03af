/**
 * Lets the event loop run now and then during long synchronous work, so that progress is drawn and
 * Ctrl-C is heard.
 * @module
 */

import { setImmediate } from "node:timers";

/** How long work may go on without a pause. */
const STRETCH_MS = 25;

/** Pauses work at most every 25 ms. */
export class Breather {
  #lastMs = performance.now();

  /** @param signal Ends the work at the next pause. */
  constructor(private readonly signal: AbortSignal) {}

  /** Whether it is time for a pause. Cheap enough to ask for each file. */
  get due(): boolean {
    return performance.now() - this.#lastMs > STRETCH_MS;
  }

  /** Lets everything that waits run. @throws the signal's reason when it was aborted. */
  async pause(): Promise<void> {
    await nextTurn();
    this.signal.throwIfAborted();
    this.#lastMs = performance.now();
  }
}

/** Lets everything that waits run once. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}
