/**
 * Runs this program once more, in a process of its own, and hands on what it prints line by line.
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { atForcedExit } from "../ends/forced_exit.ts";
import { ownArgv } from "./own_argv.ts";

/** How a child ended. */
export interface ChildEnd {
  /** Its exit code; absent where a signal ended it. */
  readonly code?: number;
  /** The signal that ended it. */
  readonly signal?: string;
  /** The end of what it printed to stderr. */
  readonly stderr: string;
}

const MOST_STDERR = 4096;

/**
 * Runs it to its end.
 *
 * @param signal Asks it to end, by SIGTERM; it may take its time to clean up.
 * @param onLine Receives each line of its stdout.
 */
export async function runOwnChild(
  args: readonly string[],
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<ChildEnd> {
  const [program, ...argv] = [...ownArgv(), ...args];
  const child = spawn(program!, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that a terminal's Ctrl-C reaches it once, through us.
    detached: true,
    // It is icecore as well, and needs the secrets that others must not see.
    env: process.env,
  });
  const end = new Promise<Omit<ChildEnd, "stderr">>((resolve, reject) => {
    child.once("error", reject);
    child.once(
      "close",
      (code, name) => resolve(code === null ? { signal: String(name) } : { code }),
    );
  });
  const stop = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop);
  const forget = atForcedExit(() => void child.kill("SIGKILL"));
  if (signal.aborted) stop();
  let stderr = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => stderr = (stderr + text).slice(-MOST_STDERR));
  let rest = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  });
  try {
    const ended = await end;
    if (rest !== "") onLine(rest);
    return { ...ended, stderr };
  } finally {
    signal.removeEventListener("abort", stop);
    forget();
  }
}
