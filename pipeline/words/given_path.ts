/**
 * Paths that somebody gave.
 * @module
 */

import { UsageError } from "../build_errors.ts";

/**
 * The path as it is. An empty one, as a variable that is not set leaves it, would mean the current
 * folder.
 *
 * @param what For the error, e.g. `the output`.
 * @throws UsageError `empty-path`
 */
export function givenPath(path: string, what: string): string {
  if (path !== "") return path;
  throw new UsageError(
    `cannot use ${what}: its path is empty. Name it; the current folder is a dot.`,
    "empty-path",
  );
}
