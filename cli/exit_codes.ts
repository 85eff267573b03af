/**
 * The exit codes, and the one place where errors become exit codes.
 * @module
 */

import {
  CorruptImageError,
  InterruptedError,
  PathError,
  StepError,
  UnsupportedFeatureError,
  UsageError,
  VerificationError,
} from "../mod.ts";

/** What the exit codes mean; every command's help repeats them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but some source files could not be read or changed while being read. */
  lossy: 3,
  verificationFailed: 4,
  interrupted: 130,
} as const;

/** The exit code of an error. */
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
    // Who only wants to read gets no verdict on the image, but a failure.
    case error instanceof CorruptImageError:
    case error instanceof UnsupportedFeatureError:
    case error instanceof PathError:
      return EXIT.failed;
    default:
      return EXIT.failed;
  }
}
