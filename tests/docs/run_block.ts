/**
 * Runs one code block of a page in a copy of the source tree. `icecore` is on its `PATH`.
 * @module
 */

import { chmod, mkdir, writeFile } from "node:fs/promises";
import process from "node:process";
import { aptGetLine } from "../support/programs/debian_packages.ts";
import { icecoreArgv } from "../support/programs/icecore_command.ts";
import type { CodeBlock } from "./code_blocks.ts";

/** What a block left behind: its exit code and all it printed. */
export interface BlockOutcome {
  readonly code: number;
  readonly output: string;
}

/** A block that takes longer than this has failed. */
const timeoutMs = 120_000;

/** The programs, of those that a package brings, that a block begins its commands with. */
export function programsOf({ language, text }: CodeBlock): string[] {
  if (language !== "sh") return [];
  const words = [...text.matchAll(/(?:^|[|&;])[ \t]*([\w.-]+)/gm)].map(([, word]) => word!);
  return [...new Set(words)].filter((word) => aptGetLine([word]) !== undefined);
}

/** Checks the types of all blocks at once, in a checkout: each by itself would check all of icecore. */
export async function checkBlocks(
  blocks: readonly CodeBlock[],
  folder: string,
): Promise<BlockOutcome> {
  const files: string[] = [];
  for (const [i, { text }] of blocks.entries()) {
    files.push(`${folder}/block_${i}.ts`);
    await writeFile(files[i]!, text);
  }
  return await outcomeOf(Deno.execPath(), ["check", ...files], folder);
}

/** Runs `block` with `folder`, a checkout, as its current folder. */
export async function runBlock(block: CodeBlock, folder: string): Promise<BlockOutcome> {
  const programs = `${folder}/.programs`;
  await mkdir(programs, { recursive: true });
  await writeFile(
    `${programs}/icecore`,
    `#!/bin/sh\nexec ${icecoreArgv().map((word) => `'${word}'`).join(" ")} "$@"\n`,
  );
  await chmod(`${programs}/icecore`, 0o755);
  const file = `${folder}/block_${block.line}.${block.language}`;
  await writeFile(file, block.text);
  const [program, ...argv] = block.language === "ts"
    ? [Deno.execPath(), "run", "--allow-all", "--no-check", file]
    : ["bash", "-euo", "pipefail", file];
  return await outcomeOf(program!, argv, folder, {
    PATH: `${programs}:${process.env["PATH"] ?? ""}`,
  });
}

async function outcomeOf(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BlockOutcome> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(timeoutMs),
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}
