/**
 * One line at the bottom of a terminal: what runs, how far it is, how fast, how long it will take.
 * @module
 */

import process from "node:process";
import { note, write } from "../output/output.ts";
import { type Amount, progressText, totalText } from "./progress_text.ts";

/** Drawn at most this often. */
const INTERVAL_MS = 100;
/** Where nothing says how far it is, the time shows that it goes on. */
const TICK_MS = 1000;
/** What took less needs no total. */
const TOTAL_AFTER_SECONDS = 2;
const CLEAR = "\r\x1b[K";

/** A line that is drawn over itself; it does nothing where it is not wanted. */
export class ProgressLine {
  #label = "";
  #startMs = 0;
  #drawnMs = 0;
  #isDrawn = false;
  #amount: Amount | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly enabled: boolean, private readonly color: boolean) {}

  /** Begins a new step. */
  start(label: string): void {
    this.#label = label;
    this.#startMs = performance.now();
    this.#amount = undefined;
    this.#draw();
    if (!this.enabled || this.#ticker !== undefined) return;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    // It alone keeps nothing running.
    (this.#ticker as { unref?: () => void }).unref?.();
  }

  /** Shows how far the step is. */
  update(amount: Amount): void {
    this.#amount = amount;
    if (!this.enabled || performance.now() - this.#drawnMs < INTERVAL_MS) return;
    this.#draw();
  }

  /** Lets something be printed above the line. */
  above(printIt: () => void): void {
    this.#wipe();
    printIt();
  }

  /** Takes the line away. */
  clear(): void {
    this.#wipe();
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  /** Takes the line away, and leaves what a longer step came to. */
  finish(): void {
    this.clear();
    const amount = this.#amount;
    const seconds = this.#seconds();
    this.#amount = undefined;
    if (!this.enabled || amount === undefined || seconds < TOTAL_AFTER_SECONDS) return;
    note(`${this.#label}: ${totalText({ ...amount, done: amount.total ?? amount.done }, seconds)}`);
  }

  #seconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  #tick(): void {
    if (this.#isDrawn && performance.now() - this.#drawnMs >= TICK_MS) this.#draw();
  }

  #wipe(): void {
    if (this.#isDrawn) write(2, CLEAR);
    this.#isDrawn = false;
  }

  #draw(): void {
    if (!this.enabled) return;
    const width = (process.stderr.columns || 80) - 1;
    const text = progressText(this.#label, this.#seconds(), width, this.#amount);
    write(2, `${CLEAR}${this.color ? `\x1b[36m${text}\x1b[0m` : text}`);
    this.#isDrawn = true;
    this.#drawnMs = performance.now();
  }
}
