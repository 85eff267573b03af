/**
 * A step or a recipe file of the user's that is there, and cannot be loaded or went wrong.
 * @module
 */

/** An error with a stable code and a message "cannot X: why. What to do." */
export class PluginError extends Error {
  /** A stable word for scripts, e.g. `bad-module`. */
  readonly code: string;

  /** An error. @param code A stable word for scripts. */
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PluginError";
    this.code = code;
  }
}
