/**
 * The command line of icecore for tests.
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../main.ts", import.meta.url));

/** An executable to test instead of the source; the suite compiles one and names it here. */
const EXECUTABLE = process.env["ICECORE_EXECUTABLE"];

/** The argv of icecore: the executable, else its source under the runtime of the tests. */
export function icecoreArgv(args: readonly string[] = []): string[] {
  return EXECUTABLE === undefined ? sourceArgv(args) : [EXECUTABLE, ...args];
}

/** The argv of icecore's source, for what is said otherwise of compiled programs. */
export function sourceArgv(args: readonly string[] = []): string[] {
  // The runtime keeps to itself that it waits for a lock which another test holds.
  return [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-check", main, ...args];
}
