/**
 * What modules of the user's print.
 * @module
 */

/** What a module of the user's prints is not a result, and would break the lines that are. */
export function sendConsoleToStderr(): void {
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
}
