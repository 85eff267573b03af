/**
 * What a path leads to, with the same words wherever that cannot be determined.
 * @module
 */

import { type Stats, statSync } from "node:fs";
import { EnvironmentError } from "../environment_error.ts";
import { hasCode, meaningOf } from "../libc/errno.ts";
import { printable } from "../libc/paths.ts";
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

/**
 * The error of what cannot be read.
 *
 * @param shown Its path, printable.
 * @throws EnvironmentError `no-resources` where the path is not at fault.
 */
export function unreadable(shown: string, error: unknown): EnvironmentError {
  refuseOwnFault(error, shown);
  const text = `cannot read ${shown}: ${meaningOf(error)}. ${adviceOn(error)}`;
  return new EnvironmentError(text, "unreadable", { cause: error });
}

/** What helps where something cannot be read, as a sentence; `refuseOwnFault` has seen the error. */
export function adviceOn(error: unknown): string {
  if (hasCode(error, "EACCES", "EPERM")) return "Run icecore as a user who may read it.";
  if (hasCode(error, "ENAMETOOLONG", "ELOOP", "ENOENT", "ENOTDIR")) return "Check the path.";
  return "Look at the disk, or use another copy.";
}
