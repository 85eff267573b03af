/**
 * Lines on stdout and stderr.
 * @module
 */

import { writeSync } from "node:fs";
import { codeOf, messageOf } from "../mod.ts";
import type { CommonValues } from "./common.ts";

const encoder = new TextEncoder();

/** Prints a line of the result. */
export function print(line: string): void {
  write(1, `${line}\n`);
}

/** Prints a line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Prints a line for people. */
export function note(line: string): void {
  write(2, `${line}\n`);
}

/** Writes text as it is, all of it, also to a slow pipe. */
export function write(fd: 1 | 2, text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      const code = (error as { code?: string }).code;
      // A reader that went away, such as head, is no failure of ours.
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
    }
  }
}

/** Prints an error: for people on stderr, and for scripts on stdout with `--json`. */
export function printError(error: unknown, { json, verbose }: CommonValues): void {
  if (json === true) printJson({ type: "error", code: codeOf(error), message: messageOf(error) });
  note(`icecore: ${messageOf(error)}`);
  const unexpected = codeOf(error) === "unexpected";
  if (verbose === true || unexpected) {
    for (let each: unknown = error; each instanceof Error; each = each.cause) {
      note(each.stack ?? String(each));
    }
  }
}
