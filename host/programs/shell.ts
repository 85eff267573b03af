/**
 * The shell that steps get: dax's `$`, whose programs end with the build.
 * @module
 */

import { setTimeout } from "node:timers";
import type { $Type } from "dax";
import { atForcedExit } from "../ends/forced_exit.ts";
import { WORKDIR_VARIABLE } from "../files/workdir.ts";
import { unsetHidden } from "./hidden_variables.ts";
import { processesWith, SHELL_VARIABLE, signalAll } from "./processes.ts";

/** How long a program may take to end after SIGTERM. */
const PATIENCE_MS = 2000;

/** The shell of one build. */
export interface LoadedShell {
  readonly shell: $Type;
  /** Forgets the build; to be called when it has ended. */
  release(): void;
}

/**
 * Loads the shell.
 *
 * @param signal Ends its programs, and the programs that those have started.
 * @param workdir The build's private folder, by which they are known.
 */
export async function loadShell(signal: AbortSignal, workdir: string): Promise<LoadedShell> {
  const { build$ } = await import("dax");
  // dax never lets go of a signal: it gets one that goes with the build.
  const stop = new AbortController();
  const end = () => {
    stop.abort(signal.reason);
    endShellPrograms(workdir);
  };
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  const forget = atForcedExit(() => killAll(workdir, "SIGKILL"));
  const shell = build$({
    commandBuilder: (builder) =>
      // What a program said that was kept quiet is in the error, for StepError to show.
      builder.signal(stop.signal).errorTail({ stdout: false }).env({
        ...unsetHidden(),
        [WORKDIR_VARIABLE]: workdir,
        [SHELL_VARIABLE]: workdir,
      }),
  });
  return {
    shell,
    release() {
      signal.removeEventListener("abort", end);
      forget();
    },
  };
}

/** Ends what was started through a build's `$`. */
export function endShellPrograms(workdir: string): void {
  killAll(workdir, "SIGTERM");
  setTimeout(() => killAll(workdir, "SIGKILL"), PATIENCE_MS).unref();
}

function killAll(workdir: string, signal: "SIGTERM" | "SIGKILL"): void {
  signalAll(processesWith(SHELL_VARIABLE, workdir), signal);
}
