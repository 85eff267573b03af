/**
 * Whether a name is free for a file that is to be made.
 * @module
 */

import { lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { EnvironmentError } from "../environment_error.ts";
import { hasCode } from "../libc/errno.ts";
import { printable } from "../libc/paths.ts";
import { notWritable } from "./claim_partial.ts";

/**
 * Makes sure that nothing has this name, unless it may be replaced. A step that writes beside the
 * image asks for it in its `check`, before anything is made.
 *
 * @param finalPath The path it will have.
 * @param force Whether a file or a symbolic link that is there may be replaced; nothing else ever
 * may be, a device least of all.
 * @throws EnvironmentError `output-exists`, `in-the-way`, `not-writable`.
 */
export function requireFree(finalPath: string, force: boolean): void {
  const status = statusOf(finalPath);
  if (status === undefined) return;
  const isReplaceable = status.isFile() || status.isSymbolicLink();
  if (force && isReplaceable) return;
  if (isReplaceable) throw existsAlready(finalPath);
  throw new EnvironmentError(
    `cannot write ${printable(finalPath)}: it exists and is not a regular file. ` +
      "Choose another name.",
    "in-the-way",
  );
}

/** The error of a name that a file has already. */
export function existsAlready(finalPath: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${printable(finalPath)}: it exists already. Replace it, ` +
      "or choose another name.",
    "output-exists",
    { cause },
  );
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // There can be nothing of that name; whoever makes it learns why not.
    if (hasCode(error, "ENAMETOOLONG")) return undefined;
    throw notWritable(printable(path), dirname(path), error);
  }
}
