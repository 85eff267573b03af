/**
 * How this program starts itself once more, in a process of its own.
 * @module
 */

import process from "node:process";
import { isCompiled } from "../import_module.ts";
import { denoGlobal } from "../runtime.ts";

/** The program and its arguments, before those of its own. */
export function ownArgv(): string[] {
  if (isCompiled()) return [process.execPath];
  const main = process.argv[1]!;
  return denoGlobal() === undefined
    ? [process.execPath, "run", main]
    : [process.execPath, "run", "--allow-all", "--no-check", "--quiet", main];
}
