/**
 * Private keys in files, as `age-keygen` and `ssh-keygen` write them.
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import { EnvironmentError } from "../host/environment_error.ts";
import { meaningOf } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";

/** A file that is larger holds something else, perhaps the image. */
const MOST_IDENTITY_BYTES = 1 << 20;

/** What is in such a file. @throws EnvironmentError `bad-identity` */
export function readIdentity(path: string): Uint8Array {
  const shown = printable(path);
  let sizeBytes: number;
  try {
    ({ size: sizeBytes } = statSync(path));
    if (sizeBytes <= MOST_IDENTITY_BYTES) return readFileSync(path);
  } catch (error) {
    throw new EnvironmentError(
      `cannot read the identity ${shown}: ${
        meaningOf(error)
      }. Check the path, and who may read it.`,
      "bad-identity",
      { cause: error },
    );
  }
  throw new EnvironmentError(
    `cannot use the identity ${shown}: it has ${sizeBytes} bytes, and private keys are small. ` +
      "Name the file that age-keygen or ssh-keygen made.",
    "bad-identity",
  );
}
