/**
 * Runs a program on behalf of a step.
 * @module
 */

import { type ProgramOptions, type ProgramResult, runProgram } from "../../host/run_program.ts";
import type { StepContext } from "../../pipeline/step.ts";

/** What every program of a step is run with: its argv is told, and an abort ends it. */
export function programOptions(
  { emit, signal, workdir }: StepContext,
  success?: (exitCode: number) => boolean,
): ProgramOptions {
  return {
    signal,
    workdir,
    onStart: (argv) => emit({ type: "command", argv }),
    ...(success === undefined ? {} : { success }),
  };
}

/** Runs a program. @throws ToolError */
export function runTool(
  argv: readonly string[],
  context: StepContext,
  success?: (exitCode: number) => boolean,
): Promise<ProgramResult> {
  return runProgram(argv, programOptions(context, success));
}
