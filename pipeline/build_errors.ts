/**
 * The errors of building. Each has a stable `code` and a message of the form
 * "cannot X: why. What to do."
 * @module
 */

import { inspect } from "node:util";
import { systemFailure } from "./system_failure.ts";

/** What was asked for cannot be done: an option, an order of steps, an output. */
export class UsageError extends Error {
  /** A stable word for scripts. */
  readonly code: string;
  /** What it is about, where the code alone does not say it: `option`, `step`, `after`. */
  readonly fields: Readonly<Record<string, string>>;

  /**
   * Makes an error with its message.
   *
   * @param code A stable word for scripts, e.g. `unknown-step`.
   * @param options Its cause, and its fields.
   */
  constructor(
    message: string,
    code = "usage",
    options: ErrorOptions & { readonly fields?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options);
    this.name = "UsageError";
    this.code = code;
    this.fields = options.fields ?? {};
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
    super(`step ${step} failed: ${whyFailed(cause)}`, { cause });
    this.name = "StepError";
  }
}

/** What a step threw, in words; of a program in `$`, what dax leaves to be asked for. */
function whyFailed(cause: unknown): string {
  if (!(cause instanceof Error) || cause.name !== "ShellError") return messageOf(cause);
  const { exitCode, stderr = "" } = cause as Error & { exitCode?: number; stderr?: string };
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const said = lines.slice(-MOST_LINES).join(" / ").replace(/\.$/, "");
  return `a program in it ended with exit code ${exitCode}${said === "" ? "" : `: ${said}`}.`;
}

/** How many lines of a program's stderr are quoted. */
const MOST_LINES = 5;

/**
 * Releases failed, after the build had succeeded or failed; none of their errors is lost. Of a build
 * that failed, `cause` is why.
 */
export class ReleaseError extends AggregateError {
  /** A stable word for scripts: that of the cause, `release-failed` without one. */
  readonly code: string;

  /**
   * Makes an error with its message.
   *
   * @param errors What the releases threw.
   */
  constructor(errors: readonly unknown[], options: ErrorOptions = {}) {
    const { cause } = options;
    const reasons = errors.map((error) => messageOf(error).replace(/\.$/, "")).join("; ");
    const first = cause === undefined ? "" : `${failureOf(cause)} Then: `;
    // Of what lies beside an image the reason says where to clean.
    const advice = reasons.includes("icecore clean") ? "" : ". Run: icecore clean";
    super(errors, `${first}cannot clean up: ${reasons}${advice}`, options);
    this.name = "ReleaseError";
    this.code = cause === undefined ? "release-failed" : codeOf(cause);
  }
}

/** Why a build failed, as a sentence, with no word on what is left behind. */
function failureOf(cause: unknown): string {
  if (cause instanceof InterruptedError) return `${interruptedBy(cause.signal)}.`;
  return messageOf(cause).replace(/\.?$/, ".");
}

/** The user, or a signal, ended the build. */
export class InterruptedError extends Error {
  /** A stable word for scripts. */
  readonly code = "interrupted";

  /**
   * Makes an error with its message.
   *
   * @param signal The signal's name, where a signal it was and no program's own `AbortSignal`.
   * @param left What stays behind: the partial image that was to be kept, say.
   * @param options As its `cause` the reason that the program gave.
   */
  constructor(
    readonly signal: string | undefined,
    left: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    const what = left.length === 0 ? "nothing" : left.join(", ");
    const verb = left.length > 1 ? "were" : "was";
    super(`${interruptedBy(signal)}: ${what} ${verb} left behind`, options);
    this.name = "InterruptedError";
  }
}

function interruptedBy(signal: string | undefined): string {
  return signal === undefined ? "interrupted" : `interrupted by ${signal}`;
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

/** A file's contents are not those that were stored: the image was damaged since. */
export class DamagedFileError extends VerificationError {
  /** Makes an error about a file. @param path as it is shown @param why it is damaged */
  constructor(
    readonly path: string,
    why = "its contents are not those that were stored",
    options?: ErrorOptions,
  ) {
    super(`cannot trust ${path}: ${why}. Use another copy of the image.`, options);
    this.name = "DamagedFileError";
  }
}

/** The message of anything thrown; where it has none, what else is known of it. */
export function messageOf(error: unknown): string {
  const reason = systemFailure(error) ?? reasonOf(error);
  if (reason !== undefined) return reason;
  const what = error instanceof Error ? error.name : inspect(error, { breakLength: Infinity });
  return `no reason was given: ${what} was thrown`;
}

/** Why something was thrown, in its own words or in those of its causes; `undefined` without any. */
export function reasonOf(error: unknown): string | undefined {
  if (typeof error === "string") return error.trim() === "" ? undefined : error;
  const { message, errors, cause } = Object(error ?? {}) as Partial<AggregateError>;
  if (typeof message === "string" && message.trim() !== "") return message;
  const parts = [...Array.isArray(errors) ? errors : [], cause].filter((each) =>
    each !== undefined
  );
  const known = parts.map(reasonOf).filter((reason) => reason !== undefined);
  return known.length === 0 ? undefined : known.join("; ");
}

/** The stable code of anything thrown; `unexpected` where it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "unexpected";
}
