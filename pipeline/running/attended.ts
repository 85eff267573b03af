/**
 * Waits for code that somebody else wrote, and that may never end.
 * @module
 */

import { setTimeout } from "node:timers";

/**
 * How long such code may take to end after an interruption: longer than programs may take to end
 * after SIGTERM.
 */
const PATIENCE_SECONDS = 5;

/** Something was left alone that still runs. */
export class UnendedError extends Error {
  /** Makes an error with its message. */
  constructor() {
    super(`it did not end within ${PATIENCE_SECONDS} seconds after the interruption`);
    this.name = "UnendedError";
  }
}

/**
 * What `work` comes to. Once the signal is aborted, it may still end by itself, and clean up, within
 * five seconds; then it is left alone.
 *
 * @throws what `work` throws; UnendedError
 */
export async function attended<T>(work: T | PromiseLike<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const interrupted = () => {
    timer = setTimeout(() => reject(new UnendedError()), PATIENCE_SECONDS * 1000);
  };
  if (signal.aborted) interrupted();
  else signal.addEventListener("abort", interrupted, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", interrupted);
    clearTimeout(timer);
  }
}
