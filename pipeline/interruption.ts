/**
 * The end of a build by a signal.
 * @module
 */

import { InterruptedError } from "./build_errors.ts";

/** @throws InterruptedError when the signal was aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw interruptionOf(signal);
}

/** The error of an aborted signal. @param left What stays behind. */
export function interruptionOf(
  signal: AbortSignal,
  left: readonly string[] = [],
): InterruptedError {
  const { reason } = signal;
  if (!(reason instanceof InterruptedError)) {
    return new InterruptedError(undefined, left, { cause: reason });
  }
  const { signal: name, cause } = reason;
  return new InterruptedError(name, left, cause === undefined ? {} : { cause });
}
