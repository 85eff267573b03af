/**
 * What a path leads to, told in the same words wherever that cannot be told.
 * @module
 */

import { type Stats, statSync } from "node:fs";
import { EnvironmentError } from "./environment_error.ts";
import { hasCode, meaningOf } from "./libc/errno.ts";
import { printable } from "./libc/paths.ts";
import { refuseOwnFault } from "./open_files.ts";

/**
 * What a path leads to; `undefined` when there is nothing.
 *
 * @param look `lstatSync` where a symbolic link is not to be followed.
 * @throws EnvironmentError `unreadable` when the way there is barred.
 */
export function fileStatus(
  path: string,
  look: (path: string, options: { throwIfNoEntry: false }) => Stats | undefined = statSync,
): Stats | undefined {
  try {
    return look(path, { throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, "ENOTDIR")) return undefined;
    throw unreadable(printable(path), error);
  }
}

/** The error of what cannot be read. @param shown Its path, printable. */
export function unreadable(shown: string, error: unknown): EnvironmentError {
  refuseOwnFault(error, shown);
  const advice = hasCode(error, "EACCES", "EPERM")
    ? "Run icecore as a user who may read it."
    : hasCode(error, "ENAMETOOLONG", "ELOOP", "ENOENT", "ENOTDIR")
    ? "Check the path."
    : "Look at the disk, or use another copy.";
  const text = `cannot read ${shown}: ${meaningOf(error)}. ${advice}`;
  return new EnvironmentError(text, "unreadable", { cause: error });
}
