/**
 * The executable: argv to exit code.
 * @module
 */

import process from "node:process";
import { unsupportedPlatform } from "./host/runtime.ts";

const reason = unsupportedPlatform();
if (reason === undefined) {
  const { main } = await import("./cli/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(`icecore: ${reason}\n`);
  process.exitCode = 1;
}
