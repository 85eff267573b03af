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
const reason = unsupportedPlatform();
const args = process.argv.slice(2);
const answered = await answer();
if (answered !== undefined) {
  process.exitCode = answered;
} else if (reason === undefined) {
  process.exitCode = await run();
  // A thread may be left in a read that never ends, which would keep the process.
  if (process.exitCode === INTERRUPTED) leave(INTERRUPTED);
  // A step of the user's may have left a timer or a connection that never ends.
  setTimeout(() => process.exit(), PATIENCE_MS).unref();
} else {
  process.exitCode = fail(reason);
}

/** Answers without the rest of the program. @returns The exit code, where that is all. */
async function answer(): Promise<number | undefined> {
  if (args.length > 1) return undefined;
  const { quickAnswer } = await import("./cli/quick_answer.ts");
  try {
    const quick = await quickAnswer(args);
    if (quick === undefined) return undefined;
    const bytes = new TextEncoder().encode(quick.text);
    for (let done = 0; done < bytes.length;) done += writeSync(quick.fd, bytes, done);
    return quick.exitCode;
  } catch (error) {
    if (error instanceof EnvironmentError) return fail(error.message);
    // The rest of the program has the words for what went wrong on the way out.
    return undefined;
  }
}

/** @returns The exit code. */
async function run(): Promise<number> {
  try {
    const { main } = await import("./cli/main.ts");
    return await main(args);
  } catch (error) {
    // Commands report what they throw: this error means that they could not even be loaded.
    if (!(error instanceof EnvironmentError)) throw error;
    return fail(error.message);
  }
}

/** @returns The exit code. */
function fail(message: string): number {
  process.stderr.write(`icecore: ${message}\n`);
  return 1;
}
