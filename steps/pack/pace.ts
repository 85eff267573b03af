/**
 * Slows the making of an image down, and with it those who take it as it is made.
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import { Bandwidth } from "../../host/bandwidth.ts";
import type { Breather } from "../../host/breathe.ts";

/** Sleeping is cut into such pieces, so that Ctrl-C is heard. */
const PIECE_MS = 100;

/** Keeps to a number of bytes a second. */
export class Pace {
  readonly #bandwidth: Bandwidth;
  #countedBytes = 0;

  constructor(bytesPerSecond: number, private readonly breather: Breather) {
    this.#bandwidth = new Bandwidth(bytesPerSecond);
  }

  /** Waits until more may be read. @param doneBytes Read so far. @throws the signal's reason */
  async keep(doneBytes: number): Promise<void> {
    const bytes = doneBytes - this.#countedBytes;
    this.#countedBytes = doneBytes;
    await this.take(bytes);
  }

  /** The same where bytes are counted by the piece. @throws the signal's reason */
  async take(bytes: number): Promise<void> {
    let leftMs = this.#bandwidth.take(bytes, performance.now());
    for (; leftMs > 0; leftMs -= PIECE_MS) {
      await sleep(Math.min(leftMs, PIECE_MS));
      await this.breather.pause();
    }
  }
}
