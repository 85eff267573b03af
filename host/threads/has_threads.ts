/**
 * Whether work can be given to other threads.
 * @module
 */

/** Whether there are web workers: Deno and Bun have them, Node does not. */
export function hasThreads(): boolean {
  return typeof Worker !== "undefined";
}
