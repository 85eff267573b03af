/**
 * Runs one command and measures it from outside: wall time; CPU time and peak memory with GNU time.
 * @module
 */

import { existsSync, readFileSync, rmSync } from "node:fs";

/** What one run took. */
export interface Measurement {
  readonly seconds: number;
  /** Resident memory of the largest process of the run; missing without GNU time. */
  readonly peakBytes?: number;
  /** CPU time of all its processes; missing without GNU time. */
  readonly cpuSeconds?: number;
  /** All it printed. */
  readonly output: string;
}

/** A run that did not end well. */
export class RunError extends Error {
  override readonly name = "RunError";
}

/** How a command is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Ends the run, which then throws the signal's reason. */
  readonly signal: AbortSignal;
}

type Timer = ReturnType<typeof setTimeout>;

const gnuTime = "/usr/bin/time";
/** What does not end when asked to is killed after this. */
const graceMs = 10_000;

/** Runs `argv` once. @throws RunError when it fails or takes too long. */
export async function measure(argv: readonly string[], options: RunOptions): Promise<Measurement> {
  const { cwd, timeoutMs, signal } = options;
  signal.throwIfAborted();
  const usedFile = `${cwd}/.measured`;
  const [program = "", ...args] = existsSync(gnuTime)
    ? [gnuTime, "-f", "%U %S %M", "-o", usedFile, ...argv]
    : argv;
  const begin = performance.now();
  // A group of its own, so that a script is ended together with what it runs.
  const child = new Deno.Command(program, {
    args,
    cwd,
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { end, timers } = ender(child.pid);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal.addEventListener("abort", end);
  const { code, stdout, stderr } = await child.output();
  const seconds = (performance.now() - begin) / 1000;
  signal.removeEventListener("abort", end);
  for (const each of [timer, ...timers]) clearTimeout(each);
  signal.throwIfAborted();

  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  const used = readUsed(usedFile);
  if (timedOut) throw new RunError(`not done after ${timeoutMs / 1000} s`);
  if (code !== 0) {
    throw new RunError(`exit code ${code}: ${output.trim().split("\n").at(-1) ?? ""}`);
  }
  return { seconds, output, ...used };
}

/** Asks a group of processes to end, and then makes it. */
function ender(pid: number): { end: () => void; timers: Timer[] } {
  const timers: Timer[] = [];
  const end = () => {
    killGroup(pid, "SIGTERM");
    timers.push(setTimeout(() => killGroup(pid, "SIGKILL"), graceMs));
  };
  return { end, timers };
}

function killGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function readUsed(file: string): Pick<Measurement, "peakBytes" | "cpuSeconds"> {
  if (!existsSync(file)) return {};
  const line = readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "";
  rmSync(file);
  const [user, system, kilobytes] = line.split(" ").map(Number);
  if (user === undefined || system === undefined || !Number.isFinite(kilobytes)) return {};
  return { peakBytes: kilobytes! * 1024, cpuSeconds: user + system };
}
