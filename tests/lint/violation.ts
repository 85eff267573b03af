/**
 * What a lint of ours reports, and how it is printed.
 * @module
 */

/** One place that breaks a rule. */
export interface Violation {
  /** Path from the root of the source tree. */
  readonly file: string;
  /** Line, counted from 1. */
  readonly line: number;
  /** What is wrong, why, and what to do. */
  readonly message: string;
}

/** `file:line: message`, as editors and terminals make links of it. */
export function formatViolation({ file, line, message }: Violation): string {
  return `${file}:${line}: ${message}`;
}

/** Prints every violation and gives the exit code: 0 when there is none. */
export function report(
  violations: readonly Violation[],
  whenClean: string,
): number {
  for (const violation of violations) console.error(formatViolation(violation));
  if (violations.length === 0) console.log(whenClean);
  return violations.length === 0 ? 0 : 1;
}
