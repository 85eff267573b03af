/**
 * How slow sources and targets are measured.
 * @module
 */

import type { RunOptions } from "./measure.ts";

/** How to measure. */
export interface SlowOptions extends Pick<RunOptions, "signal" | "timeoutMs"> {
  readonly rounds: number;
  readonly scale: number;
  readonly log: (text: string) => void;
}
