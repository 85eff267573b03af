/**
 * The password of `--password-file`.
 * @module
 */

import { readFileSync } from "node:fs";
import { meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";

const LEAST_CHARACTERS = 8;

/** The first line of a file. @throws UsageError when it cannot be read, or is not a password */
export function readPassword(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `cannot read ${printable(path)}: ${meaningOf(error)}. ` +
        "Name a file with the password in its first line.",
      "bad-password",
    );
  }
  const password = text.split(/\r?\n/)[0]!;
  if (password.length >= LEAST_CHARACTERS) return password;
  throw new UsageError(
    `cannot use the password in ${printable(path)}: it has fewer than ${LEAST_CHARACTERS} ` +
      "characters. Put a longer one into the first line.",
    "bad-password",
  );
}
