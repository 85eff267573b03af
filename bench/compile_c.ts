/**
 * Compiles the C programs beside this file.
 * @module
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Compiles `bench/NAME.c`. @returns The path of the program. @throws Error when gcc fails. */
export function compileC(name: string, options: readonly string[], folder: string): string {
  const source = fileURLToPath(new URL(`./${name}.c`, import.meta.url));
  const program = `${folder}/${name}`;
  const args = ["-O1", source, ...options, "-o", program];
  const { status, stderr } = spawnSync("gcc", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`gcc failed: ${stderr.trim()}`);
  return program;
}
