/**
 * The end of a build by a signal.
 * @module
 */

import { InterruptedError } from "./errors.ts";

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
  const name = reason instanceof InterruptedError ? reason.signal : undefined;
  return new InterruptedError(name, left);
}
