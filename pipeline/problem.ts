/**
 * Something of the source that the image does not hold as it was.
 * @module
 */

/** What kind of loss it is; scripts may rely on these words. */
export type ProblemKind =
  /** It could not be read; it is missing, or its unread part is zeros. */
  | "unreadable"
  /** It was there when the source was scanned and gone when it was to be read. */
  | "vanished"
  /** It was changed while it was being read. */
  | "changed"
  /** It cannot be stored in an image: a socket, for instance. */
  | "unsupported"
  /** It is stored, but not quite as it was: an attribute is missing, a link became a copy. */
  | "altered";

/** One loss, named. */
export interface Problem {
  readonly kind: ProblemKind;
  /** The source path, printable: control characters and bytes that are not UTF-8 are escaped. */
  readonly path: string;
  /** What happened and what the image holds instead. */
  readonly reason: string;
}

/** Whether a loss makes a build end with exit code 3: all but what was stored in another form. */
export function isLoss(problem: Problem): boolean {
  return problem.kind === "unreadable" || problem.kind === "vanished" || problem.kind === "changed";
}
