/**
 * What went wrong while something was extracted, with the path it concerns.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { InterruptedError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";

/** Where it stopped. */
export interface FailurePlace {
  readonly target: string;
  /** Printable, from the root of the image. */
  readonly path: string;
  /** Names that were complete by then. */
  readonly countNames: number;
}

/** The error to throw in place of one that was caught. */
export function extractFailure(error: unknown, place: FailurePlace): unknown {
  const { path, countNames } = place;
  const target = printable(place.target);
  const rest = `The ${counted(countNames, "name")} extracted before it ${
    countNames === 1 ? "is" : "are"
  } in ${target}.`;
  if (error instanceof InterruptedError) {
    const left = [`what was complete, ${counted(countNames, "name")} in ${target}`];
    const { signal, cause } = error;
    return new InterruptedError(signal, left, cause === undefined ? {} : { cause });
  }
  if (error instanceof CorruptImageError) {
    const { code, structure, fields, message } = error;
    const text = `cannot extract ${path}: ${message} ${rest}`;
    return new CorruptImageError(code, structure, text, fields, { cause: error });
  }
  if (error instanceof EnvironmentError) {
    return new EnvironmentError(`${error.message} ${rest}`, error.code, { cause: error });
  }
  if (!(error instanceof SystemError)) return error;
  const [code, advice] = ADVICE[error.code] ??
    ["not-writable", "Look at the target folder, or choose another."];
  const text = `cannot extract ${path} into ${target}: ${error.meaning}. ${advice} ${rest}`;
  return new EnvironmentError(text, code, { cause: error });
}

const ADVICE: Readonly<Record<string, readonly [code: string, advice: string]>> = {
  ENOSPC: ["disk-full", "Make room, or choose another folder."],
  EDQUOT: ["disk-full", "Make room, or choose another folder."],
  EFBIG: ["not-writable", "Raise the limit (ulimit -f), or choose another disk."],
  EMFILE: ["no-resources", "Raise the limit (ulimit -n), and extract again."],
  ENFILE: ["no-resources", "End other programs, and extract again."],
  EEXIST: ["output-exists", "Something was put in its place meanwhile: extract again."],
  ELOOP: ["output-exists", "Something was put in its place meanwhile: extract again."],
  ENOTDIR: ["output-exists", "Something was put in its place meanwhile: extract again."],
};
