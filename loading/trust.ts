/**
 * Whose recipe files, and steps that they name, are used: a recipe runs programs.
 * @module
 */

import { unreadable } from "../host/files/file_status.ts";
import { foreignHand } from "../host/files/foreign_hands.ts";
import { printable } from "../host/libc/paths.ts";
import { UsageError } from "../pipeline/build_errors.ts";

/**
 * Checks a file that is about to be run or to say what is run.
 *
 * @param path Its path. @param shown The same as the user, or the recipe, named it.
 * @throws UsageError `untrusted` when others than this user and root may have written it.
 */
export function requireOwn(path: string, shown: string): void {
  let why: string | undefined;
  try {
    why = foreignHand(path);
  } catch (error) {
    throw unreadable(printable(shown), error);
  }
  if (why === undefined) return;
  throw new UsageError(
    `cannot use ${printable(shown)}: ${why}, and what it says is run as you. ` +
      "Read it, and what it names; then make it your own, or say that you trust it.",
    "untrusted",
  );
}
