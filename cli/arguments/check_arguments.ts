/**
 * What is wrong with a command line whatever the command: an argument that is empty, or that did
 * not arrive as it was typed.
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { extractCommandNames } from "@optique/core/usage";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { Usages } from "./usages.ts";

/** Flags whose value may be empty. */
const MAY_BE_EMPTY = ["--label"];

/**
 * Refuses empty arguments, as a variable that is not set leaves them: as a path, `""` would mean the
 * current folder. Also refuses arguments that are not UTF-8, which name nothing when they arrive.
 *
 * @param commandLine The arguments as they were typed, for tests.
 * @throws UsageError `empty-argument`, `not-utf8`
 */
export function checkArguments(
  args: readonly string[],
  commandLine: () => readonly Uint8Array[] = typedArguments,
): void {
  const empty = args.findIndex((arg, index) => isEmpty(arg, args[index - 1]));
  if (empty >= 0) throw emptyArgument(args, empty);
  // Each byte that is not text arrives as this character, which few names have.
  if (!args.some((arg) => arg.includes("\ufffd"))) return;
  const lossy = commandLine().find((bytes) => !isText(bytes));
  if (lossy !== undefined) throw notText(lossy);
}

/**
 * Refuses words behind `help COMMAND` that are not commands of it: the help would not be on them.
 *
 * @throws UsageError `extra-argument`
 */
export function checkHelp(args: readonly string[], usages: Usages): void {
  if (args[0] !== "help") return;
  const [command = "", ...rest] = args.slice(1).filter((arg) => !arg.startsWith("-"));
  if (!Object.hasOwn(usages, command)) return;
  const extra = rest.find((word) => !extractCommandNames(usages[command]!).has(word));
  if (extra === undefined) return;
  throw new UsageError(
    `cannot explain ${printable(extra)}: icecore ${command} has no such command. ` +
      `Leave it out: icecore help ${command}`,
    "extra-argument",
  );
}

/**
 * Refuses to build in a folder whose path is not UTF-8: no path is made absolute there, and Deno
 * starts no worker.
 *
 * @throws UsageError `not-utf8`
 */
export function checkCurrentFolder(): void {
  if (isTextFolder()) return;
  throw new UsageError(
    "cannot build in the current folder: its path is not UTF-8. Go elsewhere with cd; to build of " +
      "it, make a symbolic link to it there with ln -s, and name the link.",
    "not-utf8",
  );
}

function isTextFolder(): boolean {
  try {
    const folder = process.cwd();
    return !folder.includes("\ufffd") || existsSync(folder);
  } catch {
    // Deno throws instead.
    return false;
  }
}

function isEmpty(arg: string, before: string | undefined): boolean {
  if (arg === "") return before === undefined || !MAY_BE_EMPTY.includes(before);
  const flag = /^(--[a-z0-9-]+)=$/.exec(arg)?.[1];
  return flag !== undefined && !MAY_BE_EMPTY.includes(flag);
}

function emptyArgument(args: readonly string[], index: number): UsageError {
  const arg = args[index]!;
  const which = arg === "" ? `behind ${shown(args[index - 1] ?? "icecore")}` : `of ${shown(arg)}`;
  return new UsageError(
    `cannot use the argument ${which}: it is empty. Look whether a variable is not set; ` +
      "the current folder is a dot.",
    "empty-argument",
  );
}

function notText(bytes: Uint8Array): UsageError {
  return new UsageError(
    `cannot use the argument ${printable(bytes)}: it is not UTF-8, and arguments arrive as text. ` +
      "Make a symbolic link to the file with ln -s, and name the link; a path within an image is " +
      "written as icecore ls prints it.",
    "not-utf8",
  );
}

function shown(arg: string): string {
  return printable(arg.replace(/=$/, ""));
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The arguments of this process, and the program's before them, as the kernel was given them. */
function typedArguments(): Uint8Array[] {
  const bytes = Uint8Array.from(readFileSync("/proc/self/cmdline"));
  const found: Uint8Array[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(0, start);
    if (end < 0) end = bytes.length;
    found.push(bytes.subarray(start, end));
  }
  return found;
}
