/**
 * Runs work that Ctrl-C cancels.
 * @module
 */

import { InterruptedError, watchSignals } from "../mod.ts";

/** Runs `work`; its signal is aborted by SIGINT, SIGTERM and SIGHUP. @throws InterruptedError */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const unwatch = watchSignals((signal) => interruption.abort(new InterruptedError(signal)));
  try {
    return await work(interruption.signal);
  } finally {
    unwatch();
  }
}
