/**
 * The one function through which programs are run: an argv in, text and an exit code out.
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { atForcedExit } from "../ends/forced_exit.ts";
import { WORKDIR_VARIABLE } from "../files/workdir.ts";
import { findProgram } from "./find_program.ts";
import { programEnvironment } from "./hidden_variables.ts";
import { signalAll } from "./processes.ts";
import { notFound, notStarted, ToolError } from "./tool_error.ts";

/**
 * Runs a program and waits for it. It gets no stdin, speaks English, and is in a process group of
 * its own, so that a terminal's Ctrl-C reaches icecore alone.
 *
 * @throws ToolError when it cannot be started, fails, or is ended by `signal`.
 */
export async function runProgram(
  argv: readonly string[],
  options: {
    /** Ends the program: SIGTERM, after 2 seconds SIGKILL. */
    readonly signal?: AbortSignal;
    /** Exit codes that are not failures; only 0 when absent. */
    readonly success?: (exitCode: number) => boolean;
    /** Added to the environment. */
    readonly env?: Readonly<Record<string, string>>;
    /** The build's `workdir`, by which its programs are found, and ended, when it was killed. */
    readonly workdir?: string;
    /** The folder it is run in; this process's own when absent. */
    readonly cwd?: string;
    /** Receives the argv before the program starts. */
    readonly onStart?: (argv: readonly string[]) => void;
  } = {},
): Promise<{
  /** The exit code; -1 when a signal ended it. */
  readonly exitCode: number;
  /** All that it wrote to stdout. */
  readonly stdout: string;
  /** All that it wrote to stderr. */
  readonly stderr: string;
}> {
  const { child, ended, release } = spawnProgram(argv, options, "ignore");
  const said = Promise.all([collect(child.stdout!), collect(child.stderr!)]);
  // The streams of a program that could not be started fail as well; why it could not is what counts.
  said.catch(() => {});
  try {
    const { exitCode, signal } = await ended;
    const [stdout, stderr] = await said;
    const success = options.success ?? ((code: number) => code === 0);
    if (options.signal?.aborted === true || !success(exitCode)) {
      throw new ToolError(argv, exitCode, stderr || stdout, undefined, signal);
    }
    return { exitCode, stdout, stderr };
  } finally {
    release();
  }
}

/** How to run a program. */
export type ProgramOptions = NonNullable<Parameters<typeof runProgram>[1]>;

/** What a program said. */
export type ProgramResult = Awaited<ReturnType<typeof runProgram>>;

/** A program that runs. */
export interface StartedProgram {
  readonly child: ChildProcess;
  /** How it ended. It rejects with a {@linkcode ToolError} when it could not be started. */
  readonly ended: Promise<ProgramEnd>;
  /** To be called when it has ended. */
  release(): void;
}

/** How a program ended. */
export interface ProgramEnd {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly signal: { readonly signal?: string };
}

/** Starts a program. @throws ToolError when it is not installed, or cannot be started. */
export function spawnProgram(
  argv: readonly string[],
  options: ProgramOptions,
  stdin: "ignore" | "pipe",
): StartedProgram {
  const path = findProgram(argv[0]!);
  if (path === undefined) throw notFound(argv);
  options.onStart?.(argv);
  const mark = options.workdir === undefined ? {} : { [WORKDIR_VARIABLE]: options.workdir };
  let child: ChildProcess;
  try {
    child = spawn(path, argv.slice(1), {
      stdio: [stdin, "pipe", "pipe"],
      detached: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...programEnvironment(), LC_ALL: "C", ...options.env, ...mark },
    });
  } catch (error) {
    throw notStarted(argv, error);
  }
  const ended = endOf(child, argv);
  const forget = atForcedExit(() => killGroup(child, "SIGKILL"));
  const unwatch = killOnAbort(child, options.signal);
  return {
    child,
    ended,
    release() {
      unwatch();
      forget();
    },
  };
}

/** All that a stream says, as text. */
export async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) text += decoder.decode(chunk as Uint8Array, { stream: true });
  return text + decoder.decode();
}

function endOf(child: ChildProcess, argv: readonly string[]): Promise<ProgramEnd> {
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.once("error", (error) => reject(notStarted(argv, error)));
    child.once(
      "exit",
      (code, signal) =>
        resolve({ exitCode: code ?? -1, signal: signal === null ? {} : { signal } }),
    );
  });
  // Whoever waits for it receives it; it may come before anybody does.
  ended.catch(() => {});
  return ended;
}

function killOnAbort(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const kill = () => {
    killGroup(child, "SIGTERM");
    timer = setTimeout(() => killGroup(child, "SIGKILL"), 2000);
  };
  if (signal?.aborted === true) kill();
  signal?.addEventListener("abort", kill);
  return () => {
    signal?.removeEventListener("abort", kill);
    clearTimeout(timer);
  };
}

function killGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid !== undefined) signalAll([-child.pid], signal);
}
