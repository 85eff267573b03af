/**
 * An executable runs zx scripts by starting itself once more. Whoever was started so does that and
 * nothing else: this module is evaluated before the program that imports icecore.
 * @module
 */

import process from "node:process";
import { isCompiled } from "../host/import_module.ts";
import { SCRIPT_VARIABLE } from "./zx_variables.ts";

if (isCompiled() && process.env[SCRIPT_VARIABLE] !== undefined) {
  // Thrown, so that nothing that imports this is evaluated. A promise that never settles would do
  // that, but Bun then never says that the script has nothing left to do.
  const instead = new Error("this process runs a zx script");
  const others = new Set([instead]);
  const { runZxScript } = await import("./zx_runner.ts");
  runZxScript((error) => !others.has(error as Error));
  throw instead;
}
