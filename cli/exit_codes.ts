/**
 * The exit codes, and the one place where errors become exit codes.
 * @module
 */

import {
  InterruptedError,
  ReleaseError,
  StepError,
  UsageError,
  VerificationError,
} from "../pipeline/build_errors.ts";

/** What the exit codes mean; every command's help repeats those that it has. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but some source files could not be read or changed while being read. */
  lossy: 3,
  verificationFailed: 4,
  interrupted: 130,
  /** Done as far as anybody read the output: as of a program that SIGPIPE ended. */
  unread: 141,
} as const;

/** What an exit code means; `lossy` and `verificationFailed` are of some commands only. */
type Meanings = Partial<Record<keyof typeof EXIT, string>>;

/** What they mean where a command has no words of its own. */
const MEANINGS = {
  done: "done",
  failed: "failed",
  usage: "usage",
  interrupted: "interrupted",
} as const satisfies Meanings;

/** A terminal of 80 columns takes them as they are. */
const WIDTH = 80;

/**
 * The lines of a command's help that list its exit codes.
 *
 * @param own Words of the command's own, and codes that not every command has.
 */
export function exitCodes(own: Meanings = {}): string[] {
  const meanings: Meanings = { ...MEANINGS, ...own };
  const codes = Object.entries(EXIT).flatMap(([name, code]) => {
    const meaning = meanings[name as keyof typeof EXIT];
    return meaning === undefined ? [] : [`${code} ${meaning}`];
  });
  return wrapped(`Exit codes: ${codes.join(", ")}.`);
}

/** Between two codes, never within one. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=, )(?=\d)/)) {
    const last = lines.at(-1);
    if (last === undefined || (last + part).trimEnd().length > WIDTH) lines.push(part);
    else lines[lines.length - 1] = last + part;
  }
  return lines.map((line) => line.trimEnd());
}

/** The exit code of an error; who only wants to read gets no verdict on a broken image. */
export function exitCodeOf(error: unknown): number {
  switch (true) {
    case error instanceof UsageError:
      return EXIT.usage;
    case error instanceof InterruptedError:
      return EXIT.interrupted;
    case error instanceof VerificationError:
      return EXIT.verificationFailed;
    case error instanceof StepError:
      return exitCodeOf(error.cause);
    case error instanceof ReleaseError && error.cause !== undefined:
      return exitCodeOf(error.cause);
    default:
      return EXIT.failed;
  }
}
