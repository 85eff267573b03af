/**
 * Keeps a process small that answers requests for days: Bun lets garbage grow to several times what
 * is in use. Deno needs nothing of the kind.
 * @module
 */

import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { collectGarbage, denoGlobal } from "./runtime.ts";

/** How often it is looked at while there is work. */
const EACH_MS = 20;
/** A smaller process is let alone. */
const SMALL_BYTES = 100e6;
/** It is collected when the process has grown by this since it was last. */
const GROWTH_BYTES = 16e6;

/** Looks at how large the process is, as long as work is under way. */
export class GarbageBound {
  #countWorks = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #knownBytes = 0;

  /** Work begins. @returns What is called once, when it has ended. */
  begin(): () => void {
    if (denoGlobal() === undefined && this.#countWorks++ === 0) {
      this.#timer = setInterval(() => this.#look(), EACH_MS).unref();
    }
    let isOver = false;
    return () => {
      if (isOver || this.#timer === undefined) return;
      isOver = true;
      if (--this.#countWorks > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#look();
    };
  }

  #look(): void {
    const bytes = process.memoryUsage.rss();
    // What was given back to the system may be taken again.
    this.#knownBytes = Math.min(this.#knownBytes, bytes);
    if (bytes < Math.max(SMALL_BYTES, this.#knownBytes + GROWTH_BYTES)) return;
    collectGarbage();
    this.#knownBytes = process.memoryUsage.rss();
  }
}
