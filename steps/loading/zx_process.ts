/**
 * An executable runs zx scripts by starting itself once more. Whoever was started so does that and
 * nothing else: this module is evaluated before the program that imports icecore.
 * @module
 */

import process from "node:process";
import { isCompiled } from "../../host/import_module.ts";
import { SCRIPT_VARIABLE } from "./zx_variables.ts";

if (isCompiled() && process.env[SCRIPT_VARIABLE] !== undefined) {
  const { runZxScript } = await import("./zx_runner.ts");
  process.exit(await runZxScript());
}
