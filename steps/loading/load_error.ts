/**
 * A step or a recipe file that is there and cannot be loaded.
 * @module
 */

/** An error with a stable code and a message "cannot X: why. What to do." */
export class LoadError extends Error {
  readonly code: string;

  /** @param code A stable word for scripts, e.g. `bad-module`. */
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LoadError";
    this.code = code;
  }
}
