/**
 * Runs `compile.sh` as a user would, for the tests beside this file.
 * @module
 */

import { fileURLToPath } from "node:url";

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** An executable that can carry embedded files, but is not a runtime of Deno. */
export const standIn = "/usr/bin/true";

/** A target that is not this machine, so that the result is not run. */
export const otherTarget = Deno.build.arch === "x86_64"
  ? "linux-arm64"
  : "linux-x64";

/** What a program left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is started. */
export interface Start {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Runs a program to its end. */
export async function run(
  program: string,
  argv: string[],
  start: Start = {},
): Promise<Outcome> {
  const output = await new Deno.Command(program, {
    args: argv,
    cwd: start.cwd ?? root,
    env: start.env ?? {},
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Runs `compile.sh`. */
export function compile(argv: string[], start: Start = {}): Promise<Outcome> {
  return run("bash", [`${root}compile.sh`, ...argv], start);
}
