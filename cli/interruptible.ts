/**
 * Runs work that Ctrl-C cancels, and that a module of the user's cannot end unseen.
 * @module
 */

import { placeOf } from "../host/error_place.ts";
import { watchSignals } from "../host/signals.ts";
import { watchUnplanned } from "../host/unplanned_ends.ts";
import { InterruptedError, messageOf } from "../pipeline/errors.ts";
import { PluginError } from "../steps/loading/plugin_error.ts";
import { note } from "./output.ts";

/**
 * Runs `work`; its signal is aborted by SIGINT, SIGTERM and SIGHUP, and by an error that nobody
 * waited for.
 *
 * @throws InterruptedError; PluginError `stray-error`
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  let stray: PluginError | undefined;
  const unwatchSignals = watchSignals((signal) => interruption.abort(new InterruptedError(signal)));
  const unwatch = watchUnplanned({
    onStray(error) {
      stray ??= strayError(error);
      interruption.abort(stray);
    },
    onExit: () =>
      note(
        "icecore: a step ended the process, which nobody but icecore may do: nothing was made. " +
          "Have it throw an error instead of calling exit.",
      ),
  });
  try {
    const result = await work(interruption.signal);
    // It came too late to stop the work.
    if (stray !== undefined) note(`icecore: ${stray.message}`);
    return result;
  } catch (error) {
    throw stray !== undefined && error instanceof InterruptedError ? stray : error;
  } finally {
    unwatch();
    unwatchSignals();
  }
}

function strayError(error: unknown): PluginError {
  const place = placeOf(error);
  return new PluginError(
    `cannot go on: an error was thrown where nobody waits for it: ${
      messageOf(error).replace(/\.$/, "")
    }${place === undefined ? "" : `, at ${place}`}. Await all that a step begins.`,
    "stray-error",
    { cause: error },
  );
}
