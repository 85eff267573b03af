/**
 * How long the name of a file may be.
 * @module
 */

import { basename } from "node:path";
import { EnvironmentError } from "../environment_error.ts";
import { printable } from "../libc/paths.ts";

/** The kernel's limit to a name. */
const NAME_MAX_BYTES = 255;

/**
 * Checks the name of a file that is to be made.
 *
 * @param suffix What is put behind it while it is made.
 * @throws EnvironmentError `name-too-long`
 */
export function checkNameLength(path: string, suffix = ""): void {
  const most = NAME_MAX_BYTES - suffix.length;
  const length = nameLength(path);
  if (length <= most) return;
  const why = suffix === ""
    ? `the kernel's limit is ${most}`
    : `${suffix} is put behind it while it is built`;
  throw new EnvironmentError(
    `cannot write ${printable(path)}: its name has ${length} bytes, and ${why}. ` +
      `Choose a name of at most ${most} bytes.`,
    "name-too-long",
  );
}

/** Whether nothing that a build leaves can have that name, with what is put behind it. */
export function isNameTooLong(path: string): boolean {
  return nameLength(path) > NAME_MAX_BYTES - LONGEST_SUFFIX_BYTES;
}

/** More than anything that is put behind a name. */
const LONGEST_SUFFIX_BYTES = 32;

function nameLength(path: string): number {
  return new TextEncoder().encode(basename(path)).length;
}
