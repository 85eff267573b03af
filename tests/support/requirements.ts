/**
 * Tests that need more than the runtime say so in their name when they cannot run.
 * @module
 */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** What a test needs: programs by name, and whether it must be root. */
export interface Requirements {
  readonly programs?: readonly string[];
  readonly root?: boolean;
}

/** Why a test cannot run here, or `undefined` when it can. */
export function missingRequirement(needs: Requirements): string | undefined {
  const missing = (needs.programs ?? []).filter((program) => findProgram(program) === undefined);
  if (missing.length > 0) return `needs ${missing.join(", ")}`;
  if (needs.root === true && process.getuid?.() !== 0) return "needs root";
  return undefined;
}

/** Declares a test, or an ignored one whose name tells what is missing. */
export function testWith(
  needs: Requirements,
  name: string,
  run: (context: Deno.TestContext) => void | Promise<void>,
): void {
  const reason = missingRequirement(needs);
  if (reason === undefined) Deno.test(name, run);
  else Deno.test({ name: `${name} (skipped: ${reason})`, ignore: true, fn: run });
}

/** The path of a program on `PATH`, or in the folders for administrators. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
