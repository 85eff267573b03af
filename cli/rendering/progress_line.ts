/**
 * One line at the bottom of a terminal: what runs, how far it is, how fast, how long it will take.
 * @module
 */

import process from "node:process";
import type { EventOf } from "../../pipeline/events.ts";
import { duration } from "../../pipeline/words/duration.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { write } from "../output/output.ts";

/** Drawn at most this often. */
const INTERVAL_MS = 100;
const BAR_WIDTH = 24;
const CLEAR = "\r\x1b[K";

type Amount = Pick<EventOf<"progress">, "done" | "total" | "unit">;

/** A line that is drawn over itself; it does nothing where it is not wanted. */
export class ProgressLine {
  #label = "";
  #startMs = 0;
  #drawnMs = 0;
  #isDrawn = false;

  constructor(private readonly enabled: boolean, private readonly color: boolean) {}

  /** Begins a new step. */
  start(label: string): void {
    this.#label = label;
    this.#startMs = performance.now();
    this.#draw(label);
  }

  /** Shows how far the step is. */
  update(amount: Amount): void {
    const now = performance.now();
    if (!this.enabled || now - this.#drawnMs < INTERVAL_MS) return;
    this.#draw(`${this.#label}  ${describe(amount, (now - this.#startMs) / 1000)}`);
  }

  /** Lets something be printed above the line. */
  above(printIt: () => void): void {
    this.clear();
    printIt();
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isDrawn) write(2, CLEAR);
    this.#isDrawn = false;
  }

  #draw(text: string): void {
    if (!this.enabled) return;
    const width = (process.stderr.columns || 80) - 1;
    const cut = text.length > width ? text.slice(0, width) : text;
    write(2, `${CLEAR}${this.color ? `\x1b[36m${cut}\x1b[0m` : cut}`);
    this.#isDrawn = true;
    this.#drawnMs = performance.now();
  }
}

/**
 * A progress in words, e.g. `[####----]  33 %  1.2 GiB of 3.6 GiB  410 MiB/s  6 s left`.
 *
 * @param seconds Since the step began.
 */
function describe({ done, total, unit }: Amount, seconds: number): string {
  const show = (n: number) =>
    unit === "bytes" ? formatSize(n) : `${Math.round(n).toLocaleString("en")} ${unit}`;
  const rate = seconds > 0.2 ? `  ${show(done / seconds)}/s` : "";
  if (total === undefined || total === 0) return `${show(done)}${rate}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled);
  const left = seconds > 0.2 && done > 0 ? `  ${duration(seconds * (1 / share - 1))} left` : "";
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${bar}] ${percent} %  ${show(done)} of ${show(total)}${rate}${left}`;
}
