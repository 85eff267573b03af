/**
 * Programs that a release is made with.
 * @module
 */

import { spawnSync } from "node:child_process";
import process from "node:process";

/** What a program left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a program runs, and with what in its environment besides. */
export interface Place {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, whatever that is. */
export function tried(argv: readonly string[], { cwd, env }: Place = {}): Outcome {
  const [program = "", ...args] = argv;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, NO_COLOR: "1", ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { code: status ?? 1, stdout: stdout ?? "", stderr: error?.message ?? stderr ?? "" };
}

/** The same for what must succeed. @returns its stdout */
export function run(argv: readonly string[], place: Place = {}): string {
  const { code, stdout, stderr } = tried(argv, place);
  if (code === 0) return stdout;
  throw new Error(`${argv.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
}
