/**
 * Stdout as the place that an image goes to.
 * @module
 */

import process from "node:process";
import { UsageError } from "../../pipeline/build_errors.ts";
import { requireStdout } from "./closed_stdout.ts";

/**
 * Refuses what cannot take an image.
 * @param command how it was begun, for an example
 * @throws UsageError `stdout-is-terminal`; EnvironmentError `output-failed` when it was closed
 */
export function requireImageStdout(command: string): void {
  requireStdout();
  if (process.stdout.isTTY !== true) return;
  throw new UsageError(
    "cannot write the image to a terminal: it is not text. Pipe it on, as in " +
      `icecore ${command} -o - | ssh host 'cat > x.img', or give a file with -o.`,
    "stdout-is-terminal",
  );
}
