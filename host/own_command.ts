/**
 * How this program is started once more.
 * @module
 */

import process from "node:process";
import { isCompiled } from "./import_module.ts";
import { denoGlobal } from "./runtime.ts";

/** The executable; else the runtime with the script that it runs. */
export function ownCommand(): string[] {
  if (isCompiled()) return [process.execPath];
  const script = process.argv[1]!;
  return denoGlobal() === undefined
    ? [process.execPath, "run", script]
    : [process.execPath, "run", "--allow-all", "--no-check", "--quiet", script];
}
