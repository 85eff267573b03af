/**
 * Whether stdout was closed when the process began, as `>&-` closes it.
 *
 * A runtime opens `/dev/null` in its place, and what is written there is gone. Bun's is recognized
 * by its close-on-exec flag, which no inherited descriptor can have; Deno's cannot be recognized.
 * @module
 */

import { readFileSync } from "node:fs";
import { EnvironmentError } from "../../host/environment_error.ts";

const O_CLOEXEC = 0o2000000;

/**
 * For commands whose stdout is what they are run for.
 *
 * @throws EnvironmentError `output-failed` when it was closed.
 */
export function requireStdout(): void {
  let fdinfo: string;
  try {
    fdinfo = readFileSync("/proc/self/fdinfo/1", "utf8");
  } catch {
    // Without /proc nothing is known until something is written.
    return;
  }
  if (!wasOpenedHere(fdinfo)) return;
  throw new EnvironmentError(
    "cannot write to stdout: it is closed. Send it to a file or a program.",
    "output-failed",
  );
}

/** Whether this process opened a descriptor itself. @param fdinfo Its `/proc/self/fdinfo` text. */
export function wasOpenedHere(fdinfo: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(fdinfo)?.[1];
  return flags !== undefined && (parseInt(flags, 8) & O_CLOEXEC) !== 0;
}
