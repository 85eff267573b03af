/**
 * Runs a program on behalf of a step.
 * @module
 */

import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  type ProgramOptions,
  type ProgramResult,
  runProgram,
} from "../../host/programs/run_program.ts";
import type { StepContext } from "../../pipeline/step.ts";

/** What every program of a step is run with: its argv is reported, and an abort ends it. */
export function programOptions(
  { emit, signal, workdir }: StepContext,
  success?: (exitCode: number) => boolean,
): ProgramOptions {
  return {
    signal,
    workdir,
    cwd: workdir,
    onStart: (argv) => emit({ type: "command", argv }),
    ...(success === undefined ? {} : { success }),
  };
}

const LINK = "image";

/**
 * A name of an image for the programs of e2fsprogs, which take what follows a question mark in a path
 * for options: that path, or a link in the folder that they are run in.
 */
export function plainName(path: string, { workdir }: Pick<StepContext, "workdir">): string {
  if (!path.includes("?")) return path;
  const link = join(workdir, LINK);
  if (!existsSync(link)) symlinkSync(path, link);
  return `./${LINK}`;
}

/** Runs a program. @throws ToolError */
export function runTool(
  argv: readonly string[],
  context: StepContext,
  success?: (exitCode: number) => boolean,
): Promise<ProgramResult> {
  return runProgram(argv, programOptions(context, success));
}
