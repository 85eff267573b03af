/**
 * Runs a script or program of the user's line by line: what it says is handed on while it runs, and
 * whatever it has started ends with it.
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers";
import { atForcedExit } from "../ends/forced_exit.ts";
import { WORKDIR_VARIABLE } from "../files/workdir.ts";
import { programEnvironment } from "./hidden_variables.ts";
import { processesWith, RUN_VARIABLE, signalAll } from "./processes.ts";

/** What to run, and who listens. */
export interface ScriptRun {
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The build's private folder, by which all that it starts is known. */
  readonly workdir: string;
  /** Written to its stdin; when absent, it gets that of this process. */
  readonly input?: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Seconds it may take; no limit when absent. */
  readonly timeoutSeconds?: number;
  /** Called for each line of stdout. What it throws ends the script and is thrown. */
  readonly onOutput: (line: string) => void;
  /** The same for each line of stderr. */
  readonly onMessage: (line: string) => void;
}

/** How it ended. */
export type ScriptEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "not-started"; readonly why: unknown };

/** How long a program may take to end after SIGTERM. */
const PATIENCE_MS = 2000;
/** How long what is still in its pipes is waited for after it has ended. */
const DRAIN_MS = 500;
/** A longer line is cut: nobody reads it, and memory is not endless. */
const LONGEST_LINE = 1 << 20;

/** Runs it to its end. @throws what `onOutput` and `onMessage` throw. */
export async function runScript(run: ScriptRun): Promise<ScriptEnd> {
  let child: ChildProcess;
  const mark = randomUUID();
  try {
    child = spawn(run.argv[0]!, run.argv.slice(1), {
      stdio: [run.input === undefined ? "inherit" : "pipe", "pipe", "pipe"],
      // A group of its own, so that a terminal's Ctrl-C reaches icecore alone.
      detached: true,
      env: {
        ...programEnvironment(),
        ...run.env,
        [WORKDIR_VARIABLE]: run.workdir,
        [RUN_VARIABLE]: mark,
      },
    });
  } catch (why) {
    return { kind: "not-started", why };
  }
  const stop = stopper(child, mark);
  const forget = atForcedExit(() => killAll(child, mark, "SIGKILL"));
  const failure: { thrown?: unknown; isTimeout?: boolean } = {};
  const guarded = (take: (line: string) => void) => (line: string) => {
    if ("thrown" in failure) return;
    try {
      take(line);
    } catch (error) {
      failure.thrown = error;
      stop();
    }
  };
  const timer = run.timeoutSeconds === undefined ? undefined : setTimeout(() => {
    failure.isTimeout = true;
    stop();
  }, run.timeoutSeconds * 1000);
  run.signal.addEventListener("abort", stop);
  if (run.signal.aborted) stop();
  try {
    const drained = Promise.all([
      eachLine(child.stdout!, guarded(run.onOutput)),
      eachLine(child.stderr!, guarded(run.onMessage)),
    ]);
    // It may end without having read its input.
    child.stdin?.on("error", () => {});
    child.stdin?.end(run.input);
    const end = await endOf(child);
    await within(DRAIN_MS, drained);
    if ("thrown" in failure) throw failure.thrown;
    return failure.isTimeout === true ? { kind: "timeout" } : end;
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", stop);
    forget();
    killAll(child, mark, "SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function endOf(child: ChildProcess): Promise<ScriptEnd> {
  return new Promise((resolve) => {
    child.once("error", (why) => resolve({ kind: "not-started", why }));
    child.once("exit", (code, signal) =>
      resolve(
        signal === null
          ? { kind: "exit", code: code ?? -1 }
          : { kind: "signal", signal: String(signal) },
      ));
  });
}

async function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of untilTakenDown(stream)) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line.replace(/\r$/, ""));
    if (rest.length <= LONGEST_LINE) continue;
    onLine(rest);
    rest = "";
  }
  rest += decoder.decode();
  if (rest !== "") onLine(rest);
}

/** What comes until the stream ends, or is taken down while something still holds the pipe. */
async function* untilTakenDown(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  for (;;) {
    const next = await chunks.next().catch(() => undefined);
    if (next === undefined || next.done === true) return;
    yield next.value;
  }
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}

/** SIGTERM to all of it, and SIGKILL to what does not listen. */
function stopper(child: ChildProcess, mark: string): () => void {
  let isStopped = false;
  return () => {
    if (isStopped) return;
    isStopped = true;
    killAll(child, mark, "SIGTERM");
    setTimeout(() => killAll(child, mark, "SIGKILL"), PATIENCE_MS).unref();
  };
}

/** Its group, and what has left the group but still bears its mark. */
function killAll(child: ChildProcess, mark: string, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  signalAll([-child.pid, ...processesWith(RUN_VARIABLE, mark)], signal);
}
