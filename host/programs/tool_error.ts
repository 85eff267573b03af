/**
 * The error of a program that failed, or could not be started.
 * @module
 */

import { hasCode, meaningOf } from "../libc/errno.ts";
import { installHint } from "./find_program.ts";

/** A program that failed, or could not be started. */
export class ToolError extends Error {
  /** A stable word for scripts. */
  readonly code = "tool-failed";
  /** The last 4 KiB of what it said; why it could not be started. */
  readonly stderrTail: string;

  /**
   * Makes an error from what the program said.
   *
   * @param argv The program and its arguments.
   * @param exitCode Its exit code; -1 when it could not be started or was killed.
   * @param said What it said, of which the last 4 KiB are kept; why it could not be started.
   * @param hint What to do.
   */
  constructor(
    readonly argv: readonly string[],
    readonly exitCode: number,
    said: string,
    hint?: string,
    options: ToolErrorOptions = {},
  ) {
    const stderrTail = tail(said);
    const words = stderrTail.trim().replace(/\.$/, "");
    const why = [howItEnded(exitCode, options), words].filter((part) => part !== "").join(": ");
    const what = hint ?? (words === "" ? "It said nothing." : "");
    super(`cannot run ${argv[0]}: ${why}. ${what}`.trim(), options);
    this.name = "ToolError";
    this.stderrTail = stderrTail;
  }
}

/** More about a program that failed. */
export interface ToolErrorOptions extends ErrorOptions {
  /** The signal that ended it. */
  readonly signal?: string;
  /** Whether it has run at all; it has when absent. */
  readonly started?: boolean;
}

function howItEnded(exitCode: number, { signal, started }: ToolErrorOptions): string {
  if (started === false) return "";
  if (signal !== undefined) return `it was ended by ${signal}`;
  return exitCode < 0 ? "it was ended" : `it ended with exit code ${exitCode}`;
}

/** The error of a program that there is none of. */
export function notFound(argv: readonly string[]): ToolError {
  const name = argv[0]!;
  const [why, hint] = name.includes("/")
    ? ["there is no executable file of that name", "Correct the path, or allow it: chmod +x FILE"]
    : ["not found in PATH", installHint([name])];
  return new ToolError(argv, -1, why, hint, { started: false });
}

/** The error of a program that is there, and cannot be started. */
export function notStarted(argv: readonly string[], cause: unknown): ToolError {
  const hint = hasCode(cause, "E2BIG")
    ? "Shorten what it is given."
    : "It is there: look at its first line, its rights, and what machine it was made for.";
  return new ToolError(argv, -1, meaningOf(cause), hint, { started: false, cause });
}

/** How much of what a program said an error carries. */
const TAIL_BYTES = 4096;

function tail(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= TAIL_BYTES) return text;
  // The first character may have been cut through.
  const end = new TextDecoder().decode(bytes.subarray(-TAIL_BYTES)).replace(/^\ufffd+/, "");
  return `…${end}`;
}
