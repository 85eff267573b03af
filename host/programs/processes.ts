/**
 * Finds running programs by what they were started with, and ends them.
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { hasCode } from "../libc/errno.ts";

/** Marks the programs of `$`, to distinguish them from those that icecore itself runs. */
export const SHELL_VARIABLE = "ICECORE_SHELL";

/** Marks all that one script has started, also what has left its process group. */
export const RUN_VARIABLE = "ICECORE_RUN";

/** The numbers of processes, but this one, that were started with a variable of this value. */
export function processesWith(variable: string, value: string): number[] {
  const entry = `${variable}=${value}`;
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)
    .filter((processId) => processId !== process.pid)
    .filter((processId) => environmentOf(processId).includes(entry));
}

/**
 * Sends a signal to processes, or to groups of them by negative numbers. That one has ended by then
 * is not an error: ending one program of several often ends the next.
 *
 * @returns Those that may not be signalled: they belong to another user.
 */
export function signalAll(
  processIds: readonly number[],
  signal: "SIGTERM" | "SIGKILL",
): number[] {
  return processIds.filter((processId) => {
    try {
      process.kill(processId, signal);
      return false;
    } catch (error) {
      if (hasCode(error, "ESRCH")) return false;
      if (hasCode(error, "EPERM")) return true;
      throw error;
    }
  });
}

function environmentOf(processId: number): string[] {
  try {
    return readFileSync(`/proc/${processId}/environ`, "utf8").split("\0");
  } catch {
    // Ended meanwhile, or another user's: not ours in either case.
    return [];
  }
}
