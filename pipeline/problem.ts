/**
 * Something of the source that the image does not hold as it was.
 * @module
 */

import { SourceError } from "./build_errors.ts";

/** One problem, named. */
export interface Problem {
  /** What kind of loss it is; scripts may rely on these words. */
  readonly kind:
    /** It could not be read; it is missing, or its unread part is zeros. */
    | "unreadable"
    /** It was there when the source was scanned and gone when it was to be read. */
    | "vanished"
    /** It was changed while it was being read. */
    | "changed"
    /** It, or an attribute of it, cannot be stored in an image. */
    | "unsupported"
    /** It is stored in another form: a link became a copy, a time was out of range. */
    | "altered"
    /** It means nothing outside the running system: a socket. */
    | "skipped";
  /** The source path, printable: control characters and bytes that are not UTF-8 are escaped. */
  readonly path: string;
  /** What happened and what the image holds instead. */
  readonly reason: string;
}

/** A problem as a dry run describes it. */
export function factOfProblem({ kind, path, reason }: Problem): { label: string; value: string } {
  return { label: kind, value: `${path}: ${reason}` };
}

/** What kind of loss it is. */
export type ProblemKind = Problem["kind"];

/** Whether a build with this problem ends with exit code 3: something of the source is missing. */
export function isLoss({ kind }: Problem): boolean {
  return kind !== "altered" && kind !== "skipped";
}

/** The error of a build that is to store everything, and cannot. @param problems At least a loss. */
export function lossError(problems: readonly Problem[]): SourceError {
  const losses = problems.filter(isLoss);
  const first = losses[0]!;
  const more = losses.length > 1 ? ` (and ${losses.length - 1} more)` : "";
  return new SourceError(
    `cannot store everything: ${first.path}: ${first.reason}${more}. ` +
      "A strict build leaves no image; build again when the source is at rest, or not strictly.",
    "source-lost",
  );
}
