/**
 * The one function through which programs are run: an argv in, text and an exit code out.
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { programEnvironment } from "./hidden_variables.ts";
import { findProgram, installHint } from "./programs.ts";
import { atForcedExit } from "./forced_exit.ts";

/** How much of a program's stderr an error carries. */
const TAIL_BYTES = 4096;

/** A program that failed, or could not be started. */
export class ToolError extends Error {
  /** A stable word for scripts. */
  readonly code = "tool-failed";

  /**
   * Makes an error from what the program said.
   *
   * @param argv The program and its arguments.
   * @param exitCode Its exit code; -1 when it could not be started or was killed.
   * @param stderrTail The last 4 KiB of what it said.
   */
  constructor(
    readonly argv: readonly string[],
    readonly exitCode: number,
    readonly stderrTail: string,
    hint = "See its own words above.",
  ) {
    const said = stderrTail.trim().replace(/\.$/, "");
    const result = exitCode < 0 ? "was ended" : `ended with exit code ${exitCode}`;
    super(`cannot run ${argv[0]}: it ${result}${said === "" ? "" : `: ${said}`}. ${hint}`);
    this.name = "ToolError";
  }
}

/** What a program said. */
export interface ProgramResult {
  /** The exit code; -1 when a signal ended it. */
  readonly exitCode: number;
  /** All that it wrote to stdout. */
  readonly stdout: string;
  /** All that it wrote to stderr. */
  readonly stderr: string;
}

/** How to run a program. */
export interface ProgramOptions {
  /** Ends the program: SIGTERM, after 2 seconds SIGKILL. */
  readonly signal?: AbortSignal;
  /** Exit codes that are no failure; only 0 when absent. */
  readonly success?: (exitCode: number) => boolean;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told the argv before the program starts. */
  readonly onStart?: (argv: readonly string[]) => void;
}

/**
 * Runs a program and waits for it. It gets no stdin, speaks English, and is in a process group of
 * its own, so that a terminal's Ctrl-C reaches icecore alone.
 *
 * @throws ToolError when it cannot be started, fails, or is ended by `signal`.
 */
export async function runProgram(
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { child, release } = spawnProgram(argv, options, "ignore");
  const stdout = collect(child.stdout!);
  const stderr = collect(child.stderr!);
  try {
    const exitCode = await exitOf(child);
    const result = { exitCode, stdout: await stdout, stderr: await stderr };
    const success = options.success ?? ((code: number) => code === 0);
    if (options.signal?.aborted === true || !success(exitCode)) {
      throw new ToolError(argv, exitCode, tail(result.stderr || result.stdout));
    }
    return result;
  } finally {
    release();
  }
}

/**
 * Starts a program; `release` is to be called when it has ended.
 *
 * @throws ToolError when it is not installed.
 */
export function spawnProgram(
  argv: readonly string[],
  options: ProgramOptions,
  stdin: "ignore" | "pipe",
): { readonly child: ChildProcess; readonly release: () => void } {
  const path = findProgram(argv[0]!);
  if (path === undefined) {
    throw new ToolError(argv, -1, "not found in PATH", installHint([argv[0]!]));
  }
  options.onStart?.(argv);
  const child = spawn(path, argv.slice(1), {
    stdio: [stdin, "pipe", "pipe"],
    detached: true,
    env: { ...programEnvironment(), LC_ALL: "C", ...options.env },
  });
  const forget = atForcedExit(() => killGroup(child, "SIGKILL"));
  const unwatch = killOnAbort(child, options.signal);
  return {
    child,
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

/** The exit code; -1 when it was killed. */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? -1));
  });
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
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** The end of a text, as much of it as an error carries. */
export function tail(text: string): string {
  return text.length <= TAIL_BYTES ? text : `…${text.slice(-TAIL_BYTES)}`;
}
