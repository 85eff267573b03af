/**
 * SIGINT, SIGTERM and SIGHUP: the first cancels, a second SIGINT ends the process at once, as
 * SIGQUIT does.
 * @module
 */

import process from "node:process";
import { endAtOnce } from "./forced_exit.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Calls back at the first signal. At a second SIGINT or SIGTERM, and at a SIGQUIT, mounts, programs
 * and partial files are released without waiting, and the process ends.
 *
 * @param exitCode The process's exit code then, e.g. 130.
 * @returns A function that stops watching.
 */
export function watchSignals(onFirst: (signal: string) => void, exitCode: number): () => void {
  let count = 0;
  const listener = (signal: string) => {
    count++;
    if (count === 1 && signal !== "SIGQUIT") return onFirst(signal);
    if (signal !== "SIGHUP") endAtOnce(exitCode);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
