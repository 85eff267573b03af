/**
 * The executable: argv to exit code.
 * @module
 */

import process from "node:process";
import { setTimeout } from "node:timers";
import { unsupportedPlatform } from "./host/runtime.ts";

/** How long what is still open may take to end by itself. */
const PATIENCE_MS = 2000;
const reason = unsupportedPlatform();
const args = process.argv.slice(2);
if (args.length === 1 && args[0] === "--version") {
  // Without the rest of the program, which takes longer to load than this to answer.
  const { version } = await import("./cli/version.ts");
  console.log(version);
} else if (reason === undefined) {
  const { main } = await import("./cli/main.ts");
  process.exitCode = await main(args);
  // A step of the user's may have left a timer or a connection that never ends.
  setTimeout(() => process.exit(), PATIENCE_MS).unref();
} else {
  process.stderr.write(`icecore: ${reason}\n`);
  process.exitCode = 1;
}
