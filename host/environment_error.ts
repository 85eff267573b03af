/**
 * Something on the machine that stands in the way.
 * @module
 */

import { withShownLocations } from "./connection/location_secrets.ts";

/** An error with a stable code and a message "cannot X: why. What to do." */
export class EnvironmentError extends Error {
  /** A stable word for scripts. */
  readonly code: string;

  /**
   * Makes an error with a message "cannot X: why. What to do."
   *
   * @param code A stable word for scripts, e.g. `disk-full`.
   */
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(withShownLocations(message), options);
    this.name = "EnvironmentError";
    this.code = code;
  }
}
