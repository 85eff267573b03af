/**
 * Runs work that Ctrl-C cancels, and that a module of the user's cannot end unseen.
 * @module
 */

import { setTimeout } from "node:timers";
import { watchSignals } from "../host/ends/signals.ts";
import { watchUnplanned } from "../host/ends/unplanned_ends.ts";
import { placeOf } from "../host/error_place.ts";
import { PluginError } from "../loading/plugin_error.ts";
import { InterruptedError, messageOf } from "../pipeline/build_errors.ts";
import { EXIT } from "./exit_codes.ts";
import { note } from "./output/output.ts";

/** What the first Ctrl-C is answered with; what runs may take its time to end. */
const INTERRUPTING = "interrupting; Ctrl-C again to stop at once";

/**
 * Runs `work`; its signal is aborted by SIGINT, SIGTERM and SIGHUP, and by an error that nobody
 * waited for.
 *
 * @param say Prints a word to the user.
 * @throws InterruptedError; PluginError `stray-error`
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  say: (text: string) => void = (text) => note(`icecore: ${text}`),
): Promise<T> {
  const interruption = new AbortController();
  let stray: PluginError | undefined;
  const unwatchSignals = watchSignals((signal) => {
    if (signal === "SIGINT") say(INTERRUPTING);
    interruption.abort(new InterruptedError(signal));
  }, EXIT.interrupted);
  const unwatch = watchUnplanned({
    onStray(error) {
      stray ??= strayError(error);
      interruption.abort(stray);
    },
    onExit: () =>
      say(
        "a step ended the process before all was done, which nobody but icecore may do. " +
          "Have it throw an error instead of calling exit.",
      ),
  });
  try {
    const result = await work(interruption.signal);
    // An error that nobody waits for is reported between two turns; the work may have had but one.
    await new Promise((resolve) => setTimeout(resolve));
    if (stray !== undefined) throw stray;
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
