/**
 * Many command lines, run one after the other.
 * @module
 */

import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const driver = fileURLToPath(new URL("./lines_driver.ts", import.meta.url));

/** What became of a line. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs lines in a folder, in their order, in one process. */
export async function runLines(
  lines: readonly (readonly string[])[],
  folder: string,
): Promise<Answer[]> {
  const file = `${folder}.lines.json`;
  writeFileSync(file, JSON.stringify(lines));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--no-check", driver, file],
    cwd: folder,
    env: { NO_COLOR: "1", LC_ALL: "C.UTF-8", TZ: "Europe/Berlin", HOME: folder },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  rmSync(file);
  const printed = answersOf(stdout), complained = answersOf(stderr);
  if (complained.length !== lines.length) {
    throw new Error(`line ${complained.length + 1} ended the process: ${complained.rest}`);
  }
  return complained.all.map(({ code, text }, i) => ({
    code,
    stdout: printed.all[i]!.text,
    stderr: text,
  }));
}

function answersOf(bytes: Uint8Array) {
  const parts = new TextDecoder().decode(bytes).split("\x1e");
  const all = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    all.push({ text: parts[i]!, code: Number(parts[i + 1]) });
  }
  return { all, length: all.length, rest: parts.at(-1) };
}
