/**
 * Whether a name is free for a file that is to be made.
 * @module
 */

import { lstatSync } from "node:fs";
import { EnvironmentError } from "./environment_error.ts";
import { printable } from "./libc/paths.ts";

/**
 * Makes sure that nothing has this name, unless it may be replaced. A step that writes beside the
 * image asks for it in its `check`, before anything is made.
 *
 * @param finalPath The path it will have.
 * @param force Whether what is there may be replaced.
 * @throws EnvironmentError `output-exists`.
 */
export function requireFree(finalPath: string, force: boolean): void {
  if (force || lstatSync(finalPath, { throwIfNoEntry: false }) === undefined) return;
  throw new EnvironmentError(
    `cannot write ${printable(finalPath)}: it exists already. Replace it with --force, ` +
      "or choose another name with -o.",
    "output-exists",
  );
}
