/**
 * The errors of building. Each has a stable `code` and a message of the form
 * "cannot X: why. What to do."
 * @module
 */

/** What was asked for cannot be done: a flag, an option, an order of steps. */
export class UsageError extends Error {
  /** A stable word for scripts. */
  readonly code: string;

  /**
   * Makes an error with its message.
   *
   * @param code A stable word for scripts, e.g. `unknown-step`.
   */
  constructor(message: string, code = "usage", options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
    this.code = code;
  }
}

/** A part of the source is missing, unreadable or not what it should be. */
export class SourceError extends Error {
  /** A stable word for scripts. */
  readonly code: string;

  /**
   * Makes an error with its message.
   *
   * @param code A stable word for scripts, e.g. `source-missing`.
   */
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SourceError";
    this.code = code;
  }
}

/** A step failed; `cause` is what it threw. */
export class StepError extends Error {
  /** A stable word for scripts. */
  readonly code = "step-failed";

  /** Makes an error with its message. */
  constructor(readonly step: string, override readonly cause: unknown) {
    super(`step ${step} failed: ${messageOf(cause)}`, { cause });
    this.name = "StepError";
  }
}

/** Releases failed after the build had succeeded or failed; none of them is lost. */
export class ReleaseError extends Error {
  /** A stable word for scripts. */
  readonly code = "release-failed";

  /** Makes an error with its message. */
  constructor(readonly errors: readonly unknown[], options?: ErrorOptions) {
    super(`cannot clean up: ${errors.map(messageOf).join("; ")}. Run: icecore clean`, options);
    this.name = "ReleaseError";
  }
}

/** The user, or a signal, ended the build. */
export class InterruptedError extends Error {
  /** A stable word for scripts. */
  readonly code = "interrupted";

  /**
   * Makes an error with its message.
   *
   * @param signal The signal's name.
   * @param kept The partial image, where it was to be kept.
   */
  constructor(readonly signal: string = "SIGINT", kept?: string) {
    super(`interrupted by ${signal}: ${kept === undefined ? "nothing" : kept} was left behind`);
    this.name = "InterruptedError";
  }
}

/** An image is not what its side file, its source or its own checksums say. */
export class VerificationError extends Error {
  /** A stable word for scripts. */
  readonly code = "verification-failed";

  /** Makes an error with its message. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "VerificationError";
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stable code of anything thrown; `unexpected` where it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "unexpected";
}
