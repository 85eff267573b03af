/**
 * Runs icecore in a process of its own, as a user does.
 * @module
 */

import { icecoreArgv } from "./icecore_command.ts";

/** What became of a command. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly bytes: Uint8Array;
  readonly stderr: string;
}

/** Runs a command; servers of this process can answer it meanwhile. */
export async function icecore(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const [program, ...argv] = icecoreArgv(args);
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args: argv,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { NO_COLOR: "1", LC_ALL: "C.UTF-8", TZ: "Europe/Berlin", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return { code, stdout: text(stdout), bytes: stdout, stderr: text(stderr) };
}

/** The same for what must succeed without a word on stderr. */
export async function icecoreOutput(args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await icecore(args, cwd === undefined ? {} : { cwd });
  if (code !== 0 || stderr !== "") {
    throw new Error(`icecore ${args.join(" ")} ended with ${code}: ${stderr}`);
  }
  return stdout;
}
