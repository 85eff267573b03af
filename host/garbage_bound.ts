/**
 * Keeps a process small in long work: Bun lets garbage grow to several times what is in use. Deno
 * needs nothing of the kind.
 * @module
 */

import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { collectGarbage, denoGlobal } from "./runtime.ts";

/** How often a process that answers requests is looked at while there is work. */
const EACH_MS = 20;
/** A smaller process that answers requests is let alone. */
const SMALL_SERVER_BYTES = 100e6;
/** And one that does one thing, and ends. */
const SMALL_BYTES = 160e6;
/** To collect takes the longer the more is in use: it waits until the process has grown by this. */
const GROWTH_BYTES = 16e6;

/** To be called in the middle of long work, where much garbage was made: collects it if it is worth it. */
export function boundGarbage(): void {
  ofThread.look();
}

/** Looks at how large the process is, as long as work is under way. */
export class GarbageBound {
  readonly #growth = new Growth(SMALL_SERVER_BYTES);
  #countWorks = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Work begins. @returns What is called once, when it has ended. */
  begin(): () => void {
    if (denoGlobal() === undefined && this.#countWorks++ === 0) {
      this.#timer = setInterval(() => this.#growth.look(), EACH_MS).unref();
    }
    let isOver = false;
    return () => {
      if (isOver || this.#timer === undefined) return;
      isOver = true;
      if (--this.#countWorks > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#growth.look();
    };
  }
}

/** How much a process has grown since its garbage was collected. */
class Growth {
  #knownBytes = 0;

  constructor(private readonly smallBytes: number) {}

  /** Collects where it has grown. */
  look(): void {
    if (denoGlobal() !== undefined) return;
    const bytes = process.memoryUsage.rss();
    // What was given back to the system may be taken again.
    this.#knownBytes = Math.min(this.#knownBytes, bytes);
    if (bytes < Math.max(this.smallBytes, this.#knownBytes + GROWTH_BYTES)) return;
    collectGarbage();
    this.#knownBytes = process.memoryUsage.rss();
  }
}

const ofThread = new Growth(SMALL_BYTES);
