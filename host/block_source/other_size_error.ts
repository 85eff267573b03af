/**
 * The error of a file that has not the size that it has to have.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";

/** A file of another size. */
export class OtherSizeError extends EnvironmentError {
  /** @param has What it has, in words: a number, or what is known of it. */
  constructor(shownName: string, readonly has: string, readonly expectedBytes: number) {
    super(
      `cannot read ${shownName}: it has ${has} bytes instead of ${expectedBytes}. ` +
        "Use another copy.",
      "other-size",
    );
  }
}
