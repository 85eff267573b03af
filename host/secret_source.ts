/**
 * Where secrets come from beside the environment: files, and a terminal.
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import { EnvironmentError } from "./environment_error.ts";
import { meaningOf } from "./libc/errno.ts";
import { printable } from "./libc/paths.ts";

/** A secret out of a file, without the newline at its end. @throws EnvironmentError */
export function readSecretFile(path: string, variable: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new EnvironmentError(
      `cannot read ${printable(path)}, which ${variable} names: ${meaningOf(error)}. ` +
        "Correct the variable, or the file.",
      "unreadable-secret",
      { cause: error },
    );
  }
}

/** Whether somebody can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

const CTRL_C = 3;
const CTRL_D = 4;
const NEWLINE = 10;
const RETURN = 13;
const BACKSPACES = [8, 127];
const ENDS = [NEWLINE, RETURN, CTRL_D];

/**
 * Asks on the terminal, one question after the other; what is typed is not shown.
 *
 * @returns The answers; `undefined` when one was Ctrl-C.
 */
export async function askSecrets(questions: readonly string[]): Promise<string[] | undefined> {
  const { stdin, stderr } = process;
  // Before anything is shown: whoever answers at once must not be echoed, nor be a signal.
  stdin.setRawMode(true);
  stdin.resume();
  try {
    stderr.write(questions[0]!);
    return await typedLines(questions.length, (index) => stderr.write(`\n${questions[index]}`));
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

/** Reads lines. @param onNext Called when the line of an index is wanted, but for the first. */
function typedLines(
  count: number,
  onNext: (index: number) => void,
): Promise<string[] | undefined> {
  const { stdin } = process;
  const { promise, resolve } = Promise.withResolvers<string[] | undefined>();
  const lines: string[] = [];
  let bytes: number[] = [];
  let previous: number | undefined;
  const listener = (chunk: Uint8Array | string) => {
    for (const byte of typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk) {
      const isRestOfEnd = byte === NEWLINE && previous === RETURN;
      previous = byte;
      if (isRestOfEnd) continue;
      if (byte === CTRL_C) return resolve(undefined);
      if (ENDS.includes(byte)) {
        lines.push(new TextDecoder().decode(Uint8Array.from(bytes)));
        bytes = [];
        if (lines.length === count) return resolve(lines);
        onNext(lines.length);
      } else if (!BACKSPACES.includes(byte)) bytes.push(byte);
      // A character of several bytes goes as a whole.
      else while (bytes.length > 0 && (bytes.pop()! & 0xc0) === 0x80);
    }
  };
  stdin.on("data", listener);
  return promise.finally(() => stdin.off("data", listener));
}
