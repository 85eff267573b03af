/**
 * The executable: argv to exit code.
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers";
import { leave } from "./host/ends/forced_exit.ts";
import { EnvironmentError } from "./host/environment_error.ts";
import { unsupportedPlatform } from "./host/runtime.ts";

/** How long what is still open may take to end by itself. */
const PATIENCE_MS = 2000;
/** The exit code of an interruption: all is undone by then. */
const INTERRUPTED = 130;
/** What is answered without the rest of the program, which takes longer to load than that to print. */
const QUICK: readonly (string | undefined)[] = [
  undefined,
  "--help",
  "-h",
  "help",
  "--version",
  "-V",
];
const reason = unsupportedPlatform();
const args = process.argv.slice(2);
if (args.length <= 1 && QUICK.includes(args[0])) {
  process.exitCode = await answer();
} else if (reason === undefined) {
  process.exitCode = await run();
  // A thread may be left in a read that never ends, which would keep the process.
  if (process.exitCode === INTERRUPTED) leave(INTERRUPTED);
  // A step of the user's may have left a timer or a connection that never ends.
  setTimeout(() => process.exit(), PATIENCE_MS).unref();
} else {
  process.stderr.write(`icecore: ${reason}\n`);
  process.exitCode = 1;
}

/** @returns The exit code. */
async function answer(): Promise<number> {
  const { quickAnswer } = await import("./cli/quick_answer.ts");
  try {
    const quick = await quickAnswer(args);
    if (quick !== undefined) {
      const bytes = new TextEncoder().encode(quick.text);
      for (let done = 0; done < bytes.length;) done += writeSync(quick.fd, bytes, done);
      return quick.exitCode;
    }
  } catch {
    // The rest of the program has the words for whatever is wrong with stdout.
  }
  return await run();
}

/** @returns The exit code. */
async function run(): Promise<number> {
  try {
    const { main } = await import("./cli/main.ts");
    return await main(args);
  } catch (error) {
    // Commands report what they throw: this error means that they could not even be loaded.
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`icecore: ${error.message}\n`);
    return 1;
  }
}
