/**
 * How long the name of a file may be.
 * @module
 */

import { basename } from "node:path";
import { EnvironmentError } from "./environment_error.ts";
import { printable } from "./libc/paths.ts";

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
  const length = new TextEncoder().encode(basename(path)).length;
  if (length <= most) return;
  const why = suffix === ""
    ? `the kernel's limit is ${most}`
    : `${suffix} is put behind it while it is built`;
  throw new EnvironmentError(
    `cannot write ${printable(path)}: its name has ${length} bytes, and ${why}. ` +
      `Choose a name of at most ${most} bytes with -o.`,
    "name-too-long",
  );
}
