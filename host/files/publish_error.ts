/**
 * Why a file could not be made final, in words that say what has its name now.
 * @module
 */

import { lstatSync } from "node:fs";
import { EnvironmentError } from "../environment_error.ts";
import { hasCode, meaningOf } from "../libc/errno.ts";
import { printable } from "../libc/paths.ts";
import { existsAlready } from "./require_free.ts";

/** By the system's code: ours, and what to do. */
const ADVICE: Readonly<Record<string, readonly [code: string, advice: string]>> = {
  EPERM: [
    "not-writable",
    "Look whether it is immutable (lsattr -d) or its folder is not writable, or choose another " +
    "name.",
  ],
  EACCES: ["not-writable", "Make its folder writable, or choose another place."],
  EROFS: ["not-writable", "Choose another place."],
  EBUSY: [
    "not-writable",
    "Look whether something is mounted on it (findmnt), or choose another name.",
  ],
  ENOSPC: ["disk-full", "Make room, or choose another place."],
  EDQUOT: ["disk-full", "Make room, or choose another place."],
};

const OTHERWISE = [
  "not-written",
  "Look at the disk (dmesg), or choose another place.",
] as const;

/**
 * The error to throw for one that came up while a file was made final.
 *
 * @param path The file's final name.
 * @param undone What could not be put back after it.
 */
export function explainPublish(
  path: string,
  error: unknown,
  undone: readonly unknown[] = [],
): unknown {
  if (error instanceof EnvironmentError || !(error instanceof Error)) return error;
  if (hasCode(error, "EEXIST") && undone.length === 0) return existsAlready(path, error);
  const [code, advice] = ADVICE[(error as { code?: string }).code ?? ""] ?? OTHERWISE;
  const now = undone.length === 0
    ? stateOf(path)
    : `What was there before could not be put back (${
      undone.map(meaningOf).join("; ")
    }): icecore clean does it.`;
  const text = `cannot write ${printable(path)}: ${meaningOf(error)}. ${now} ${advice}`;
  return new EnvironmentError(text, code, { cause: error });
}

function stateOf(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined
    ? "Nothing has that name now."
    : "What was there before is there, unchanged.";
}
