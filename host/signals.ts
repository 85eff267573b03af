/**
 * SIGINT, SIGTERM and SIGHUP: the first cancels, a second SIGINT ends the process at once, as
 * SIGQUIT does.
 * @module
 */

import process from "node:process";
import { undoAll } from "./forced_exit.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** The exit code after a signal ended the work. */
export const EXIT_INTERRUPTED = 130;

/**
 * Calls back at the first signal. At a second SIGINT or SIGTERM, and at a SIGQUIT, mounts, programs
 * and partial files are released without waiting, and the process ends.
 *
 * @returns A function that stops watching.
 */
export function watchSignals(onFirst: (signal: string) => void): () => void {
  let count = 0;
  const listener = (signal: string) => {
    count++;
    if (count === 1 && signal !== "SIGQUIT") return onFirst(signal);
    if (signal === "SIGHUP") return;
    for (const error of undoAll()) {
      const why = error instanceof Error ? error.message : String(error);
      process.stderr.write(`icecore: cannot clean up: ${why}. Run: icecore clean\n`);
    }
    process.exit(EXIT_INTERRUPTED);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
