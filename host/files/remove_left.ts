/**
 * Removes files and folders of a build, and says which of them could not be.
 * @module
 */

import { lstatSync, rmSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { EnvironmentError } from "../environment_error.ts";
import { hasCode, meaningOf } from "../libc/errno.ts";
import { printable } from "../libc/paths.ts";

/**
 * Removes what is there of these paths; all of them are tried.
 *
 * @throws EnvironmentError `not-removed` naming the first that could not be removed.
 */
export function removeLeft(paths: Iterable<string>): void {
  let failed: EnvironmentError | undefined;
  for (const path of paths) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      failed ??= notRemoved(path, error);
    }
  }
  if (failed !== undefined) throw failed;
}

function notRemoved(path: string, error: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot remove ${printable(path)}: ${meaningOf(error)}. ` +
      `Run: icecore clean ${printable(dirname(path))}`,
    "not-removed",
    { cause: error },
  );
}

/** What is there under a path that a build may have used; a link is not followed. */
export function statusLeft(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Written down by a build that could not make it, or in a folder that is not one any more.
    if (hasCode(error, "ENAMETOOLONG", "ENOTDIR")) return undefined;
    throw error;
  }
}
