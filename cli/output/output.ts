/**
 * Lines on stdout and stderr.
 * @module
 */

import { writeSync } from "node:fs";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import { isJournalError } from "../../ext4/reader/journal/log.ts";
import { withShownLocations } from "../../host/block_source/location.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { saysNoImage } from "../../image/no_image.ts";
import { codeOf, messageOf } from "../../pipeline/build_errors.ts";
import { adviceOn } from "./advice.ts";
import type { CommonValues } from "./common_options.ts";
import { errorDetails } from "./error_details.ts";
import { helpfulFlags } from "./flags.ts";
import { withoutTypedSecrets } from "./typed_secrets.ts";

const encoder = new TextEncoder();

/** Prints a line of the result. */
export function print(line: string): void {
  write(1, `${line}\n`);
}

/** Prints a line of JSON, by default on stdout. */
export function printJson(value: unknown, fd: 1 | 2 = 1): void {
  write(fd, `${withoutTypedSecrets(jsonLine(value, shownSentence))}\n`);
}

function shownSentence(key: string, value: unknown): unknown {
  return typeof value === "string" && SENTENCES.has(key) ? withShownLocations(value) : value;
}

/** The fields that hold sentences, and no exact names. */
const SENTENCES: ReadonlySet<string> = new Set(["message", "text", "reason"]);

/** JSON in which nothing but ASCII is left of what a terminal could take for a command. */
export function jsonLine(
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
): string {
  return JSON.stringify(value, replacer).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Prints a line for people. */
export function note(line: string): void {
  const text = withoutTypedSecrets(withShownLocations(line));
  write(2, `${stamp === undefined ? text : text.replace(/^(?=.)/gm, stamp)}\n`);
}

let stamp: (() => string) | undefined;

/** Puts the time in front of all lines for people from now on: what is read later, as in a log. */
export function stampNotes(nowMs: () => number): void {
  stamp = () => `${new Date(nowMs()).toISOString().slice(0, 19)}Z `;
}

let isStdoutUnread = false;

/** Whether something was printed that nobody reads, since whoever read stdout has ended. */
export function wasStdoutUnread(): boolean {
  return isStdoutUnread;
}

/** Writes text as it is, all of it, also to a slow pipe. */
export function write(fd: 1 | 2, text: string): void {
  writeBytes(fd, encoder.encode(text));
}

/**
 * Writes bytes as they are.
 *
 * @returns false when the reader went away, such as head, which is not a failure of ours.
 * @throws EnvironmentError `output-failed` when stdout takes no more.
 */
export function writeBytes(fd: 1 | 2, bytes: Uint8Array): boolean {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === "EPIPE") {
        isStdoutUnread ||= fd === 1;
        return false;
      }
      // A failing stderr cannot be reported anywhere.
      if (code !== "EAGAIN" && fd === 2) return false;
      if (code !== "EAGAIN") throw stdoutFailed(error, code);
      // A pipe that is full and does not make us wait: wait here, or the processor would spin.
      Atomics.wait(sleeper, 0, 0, FULL_PIPE_MS);
    }
  }
  return true;
}

function stdoutFailed(error: unknown, code: string | undefined): EnvironmentError {
  const why = code === "ENOSPC" || code === "EDQUOT" ? "the disk is full" : messageOf(error);
  return new EnvironmentError(
    `cannot write to stdout: ${why}. Make room where it leads, or send it elsewhere.`,
    "output-failed",
    { cause: error },
  );
}

const FULL_PIPE_MS = 2;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Nobody reads what is printed; the work can end. */
export class OutputClosedError extends Error {
  override readonly name = "OutputClosedError";
}

/** The values of a command that decide where its output goes. */
interface PrintedValues extends CommonValues {
  readonly command: string;
  readonly output?: unknown;
}

/** Where JSON goes: to stdout, unless the image does. */
export function jsonTarget({ command, output }: PrintedValues): 1 | 2 {
  return command === "build" && output === "-" ? 2 : 1;
}

/** Prints an error: for people on stderr, and for scripts with `--json`. */
export function printError(error: unknown, values: PrintedValues): void {
  const { json, verbose } = values;
  const message = withAdvice(withShownLocations(messageOf(error)), error, values);
  // When stdout takes no more, only stderr can report it.
  if (json === true && codeOf(error) !== "output-failed") {
    const target = jsonTarget(values);
    printJson({ type: "error", code: codeOf(error), message }, target);
    // Each line there is JSON, or none of them can be parsed.
    if (target === 2) return;
  }
  note(`icecore: ${harmless(message)}`);
  const unexpected = codeOf(error) === "unexpected";
  if (verbose === true || unexpected) {
    for (const line of errorDetails(error, unexpected)) note(harmless(withShownLocations(line)));
  }
}

/** A message with the flags of the command that help: what it advises, they do. */
function withAdvice(message: string, error: unknown, values: PrintedValues): string {
  const has = (option: string) =>
    option in values && values[option as keyof typeof values] !== true;
  const isJournal = isJournalError(error) && has("ignoreJournal");
  const journal = isJournal ? " Or add --ignore-journal to read the image as it is." : "";
  const canSalvage = !isJournal && error instanceof CorruptImageError && has("salvage") &&
    !isBeyondSalvage(error);
  const salvage = canSalvage ? " Or add --salvage to have the rest." : "";
  const flags = helpfulFlags(error, values);
  const meant = adviceOn(error, values);
  const named = flags.length === 0
    ? message
    : `${message.replace(/\.$/, "")} (${flags.join(", ")})${message.endsWith(".") ? "." : ""}`;
  return `${named}${journal}${salvage}${meant === undefined ? "" : ` ${meant}`}`;
}

/** Whether there is nothing to be read without what is broken. */
function isBeyondSalvage(error: CorruptImageError): boolean {
  return error.fields["copies"] === 0 || SEALED.has(error.code) || saysNoImage(error);
}

/** What encloses an image, without which nothing in it can be found. */
const SEALED: ReadonlySet<string> = new Set([
  "age-header",
  "age-armor",
  "seek-table",
  "no-seek-table",
]);

/** A message in which no name out of an image can command a terminal; it may have several lines. */
function harmless(text: string): string {
  return text.replace(COMMANDING, (it) => `\\u{${it.charCodeAt(0).toString(16)}}`);
}

const COMMANDING =
  // deno-lint-ignore no-control-regex -- finding control characters is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
