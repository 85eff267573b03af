/**
 * Why a write failed, in words that say what to do.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import { hasCode } from "../libc/errno.ts";
import { printable } from "../libc/paths.ts";

const FULL = [
  "disk-full",
  "the disk is full. Make room, or choose another place.",
] as const;

/** By the error's code: ours, and the reason. */
const REASONS: Readonly<Record<string, readonly [code: string, why: string]>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  ELOOP: ["output-replaced", "a symbolic link took its place. Look who may write to its folder."],
  EPIPE: ["broken-pipe", "its reader has gone away. Look at the program that reads it."],
  EFBIG: [
    "file-too-large",
    "no file that large is allowed. Raise the limit (ulimit -f), or choose another disk.",
  ],
};

/** The error to throw for one that a write to `path` threw; others are given back as they are. */
export function explainWrite(path: string, error: unknown): unknown {
  if (!hasCode(error, ...Object.keys(REASONS))) return error;
  const [code, why] = REASONS[error.code]!;
  return new EnvironmentError(`cannot write ${printable(path)}: ${why}`, code, { cause: error });
}
