/**
 * Runs `e2fsck` and reads its exit code by its bits.
 * @module
 */

import { EnvironmentError } from "../../host/environment_error.ts";
import { ToolError } from "../../host/programs/tool_error.ts";
import type { StepContext } from "../../pipeline/step.ts";
import { plainName, runTool } from "./tool.ts";

/** `check` writes nothing; `repair` answers yes to everything. */
export type CheckMode = "check" | "repair";

/** Bits of the exit code, from e2fsck(8). */
const CORRECTED = 1;
const REBOOT = 2;
const DAMAGED =
  "The file system is damaged: look at the disk and at the kernel's log, then build again.";
/** The others, and what to do; of several the first counts. */
const ADVICE: readonly (readonly [bit: number, advice: string])[] = [
  [32, "It was cancelled: build again."],
  [4, DAMAGED],
  [8, "It could not check: mend what it names, then build again."],
  [16, "It does not know what it was asked for: install a newer e2fsprogs."],
  [128, "A library of it is broken: install e2fsprogs anew."],
];

/** What it says last of a file system that it has gone through. */
const SUMMARY = /: \d+\/\d+ files \(.*\), \d+\/\d+ blocks$/m;

/** The command. `-f` checks a file system that says it is clean as well. */
export const e2fsckArgv = (path: string, mode: CheckMode): string[] => [
  "e2fsck",
  mode === "check" ? "-fn" : "-fy",
  path,
];

/**
 * Checks an unmounted file system.
 *
 * @returns Whether errors were found and corrected.
 * @throws ToolError with what e2fsck said, when errors are left or it could not work.
 */
export async function runE2fsck(
  path: string,
  mode: CheckMode,
  context: StepContext,
): Promise<boolean> {
  const argv = e2fsckArgv(plainName(path, context), mode);
  // With -n it says "corrected" of nothing: in check mode any bit is a failure.
  const harmless = mode === "check" ? 0 : CORRECTED | REBOOT;
  const result = await runTool(argv, context, () => true);
  // One that a signal ended has -1, all bits.
  if ((result.exitCode & ~harmless) !== 0) {
    const said = `${result.stdout}\n${result.stderr}`.trim();
    throw new ToolError(
      argv,
      result.exitCode,
      said,
      adviceOn(result.exitCode),
    );
  }
  if (!SUMMARY.test(result.stdout)) throw saidNothing();
  return (result.exitCode & CORRECTED) !== 0;
}

function saidNothing(): EnvironmentError {
  return new EnvironmentError(
    "cannot rely on the program e2fsck: it ended well, and says nothing of the files and blocks " +
      "that it has checked. Install e2fsprogs anew, or set fsck.checker to own.",
    "wrong-output",
  );
}

function adviceOn(exitCode: number): string {
  if (exitCode < 0) return "It was ended before it was done: build again.";
  // In check mode CORRECTED and REBOOT mean damage as well.
  return ADVICE.find(([bit]) => (exitCode & bit) !== 0)?.[1] ?? DAMAGED;
}
