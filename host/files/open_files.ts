/**
 * How many files a process may have open.
 * @module
 */

import { readFileSync } from "node:fs";
import { EnvironmentError } from "../environment_error.ts";
import { hasCode, meaningOf } from "../libc/errno.ts";

const USUAL_LIMIT = 1024;

/** The limit of this process, as `ulimit -n` shows it; it is read once, as the program starts. */
export const OPEN_FILES_LIMIT = readLimit();

function readLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? USUAL_LIMIT);
  } catch {
    // Without /proc there is nothing better to go by.
    return USUAL_LIMIT;
  }
}

/**
 * Too few descriptors, or too little memory, are not faults of what was to be opened: nothing may be
 * left out because of them.
 *
 * @param path What was to be opened, printable.
 * @throws EnvironmentError `no-resources` for such an error; others are for the caller.
 */
export function refuseOwnFault(error: unknown, path: string): void {
  if (!hasCode(error, "EMFILE", "ENFILE", "ENOMEM")) return;
  throw new EnvironmentError(
    `cannot open ${path}: ${meaningOf(error)}. ` +
      "Raise the limit (ulimit -n, ulimit -v), or end other programs, and try again.",
    "no-resources",
    { cause: error },
  );
}
