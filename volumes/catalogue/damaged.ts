/**
 * A catalogue whose tables are ours, and whose rows are not as we write them.
 * @module
 */

import { EnvironmentError } from "../../host/environment_error.ts";

/** The error. @param what What is wrong, in words that follow a colon. */
export function damagedCatalogue(what: string): EnvironmentError {
  return new EnvironmentError(
    `cannot use the catalogue: ${what}. Make it anew with icecore volume index.`,
    "damaged-catalogue",
  );
}

/** Bytes that a row has to have. @throws EnvironmentError `damaged-catalogue` */
export function bytesIn(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw damagedCatalogue("a name in it is not made of bytes");
}
