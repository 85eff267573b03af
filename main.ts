/**
 * The executable: argv to exit code.
 * @module
 */

import process from "node:process";
import { unsupportedPlatform } from "./host/runtime.ts";

const reason = unsupportedPlatform();
const args = process.argv.slice(2);
if (args.length === 1 && args[0] === "--version") {
  // Without the rest of the program, which takes longer to load than this to answer.
  const { version } = await import("./cli/version.ts");
  console.log(version);
} else if (reason === undefined) {
  const { main } = await import("./cli/main.ts");
  process.exitCode = await main(args);
} else {
  process.stderr.write(`icecore: ${reason}\n`);
  process.exitCode = 1;
}
