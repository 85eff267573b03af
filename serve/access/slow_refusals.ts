/**
 * Wrong passwords are answered one after the other, each a while after the last: whoever has the
 * right one never waits.
 * @module
 */

import { setTimeout } from "node:timers/promises";

const PAUSE_MS = 500;
/** So many wait; further ones are answered at once, and were not looked at. */
const MOST_WAITING = 64;

/** Waits before an answer to a wrong password. */
export class SlowRefusals {
  #last: Promise<unknown> = Promise.resolve();
  #countWaiting = 0;

  /** @param pauseMs Between two answers. */
  constructor(private readonly pauseMs: number = PAUSE_MS) {}

  /** @returns false where too many wait already */
  async wait(): Promise<boolean> {
    if (this.#countWaiting >= MOST_WAITING) return false;
    this.#countWaiting++;
    const own = this.#last.then(() => setTimeout(this.pauseMs));
    this.#last = own;
    await own;
    this.#countWaiting--;
    return true;
  }
}
