/**
 * What the programs' errors mean, and what to do about them.
 * @module
 */

import { EnvironmentError, ToolError } from "../../mod.ts";
import { printable } from "../../plugin.ts";
import { DIFFERS, EXISTS, IS_FOLDER, NO_DIGEST, NOT_WRITABLE } from "./scripts.ts";

const REFUSED =
  /Permission denied \(|Too many authentication failures|Host key verification failed/;
/** ssh does not get as far as to connect. */
const WRONG_OPTION =
  /^.*(Bad (configuration option|owner or permissions)|keyword .* extra arguments|[Mm]issing argument|[Uu]nsupported option|(Invalid|Bad|bad) .*(argument|value|number|port|spec|expression|forwarding)|unknown option|illegal option|no argument after keyword).*$/m;
const NO_KEY = /Identity file (.*) not accessible: (.*?)\.?\s*$/m;
const UNKNOWN_HOST = /Could not resolve hostname/;
const FULL = /No space left on device|Disk quota exceeded|File too large/;
const BROKEN = /Connection closed|Connection reset|Broken pipe/;
/** Exit codes of rsync for a connection that broke or stalled. */
const RSYNC_BROKEN = [10, 12, 30, 35];
const SSH_FAILED = 255;

/** Whether the connection broke, so that going on may help. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ToolError)) return false;
  const { argv, exitCode, stderrTail } = error;
  if (REFUSED.test(stderrTail) || FULL.test(stderrTail)) return false;
  if (exitCode === SSH_FAILED && WRONG_OPTION.test(stderrTail)) return false;
  return exitCode === SSH_FAILED || (argv[0] === "rsync" && RSYNC_BROKEN.includes(exitCode)) ||
    // Without the connection sftp is ended by SIGPIPE.
    (argv[0] === "sftp" && (exitCode < 0 || BROKEN.test(stderrTail)));
}

/** Whether the far side has received other bytes. */
export function isDifferent(error: unknown): boolean {
  return error instanceof ToolError && error.argv[0] === "ssh" && error.exitCode === DIFFERS;
}

/** The error to show. @param to The file there, `HOST:PATH`. */
export function copyError(to: string, error: unknown): unknown {
  if (!(error instanceof ToolError)) return error;
  const [why, what, code] = explain(error);
  return new EnvironmentError(`cannot copy to ${printable(to)}: ${why}. ${what}`, code, {
    cause: error,
  });
}

/** The error for a copy whose digest the far side did not report. @param to The file there. */
export function unchecked(to: string): EnvironmentError {
  return new EnvironmentError(
    `cannot rely on the copy ${printable(to)}: the digest of what arrived was to be computed ` +
      "there, and was not. Look at what ssh and its account run there.",
    "wrong-output",
  );
}

function explain(error: ToolError): [why: string, what: string, code: string] {
  const { argv, exitCode, stderrTail } = error;
  const said = stderrTail.trim().split("\n").at(-1)?.trim().replace(/\.$/, "") ?? "";
  const wrong = exitCode === SSH_FAILED ? WRONG_OPTION.exec(stderrTail)?.[0] : undefined;
  if (wrong !== undefined) {
    return [
      `ssh does not take its options: ${wrong.trim().replace(/\.$/, "")}`,
      "Correct ssh.sshOptions, or the file that is named.",
      "bad-option",
    ];
  }
  if (UNKNOWN_HOST.test(stderrTail)) {
    return [said.replace(/^ssh: /, ""), "Check ssh.to.", "connection-failed"];
  }
  if (/Host key verification failed/.test(stderrTail)) {
    return [
      "its host key is not known, or has changed",
      "Log in once by hand to check and accept it.",
      "unknown-host-key",
    ];
  }
  const [, key, noKey] = NO_KEY.exec(stderrTail) ?? [];
  if (REFUSED.test(stderrTail) && key !== undefined) {
    return [
      `the key ${key} cannot be read: ${noKey}`,
      "Correct ssh.identityFile.",
      "login-refused",
    ];
  }
  if (REFUSED.test(stderrTail)) {
    return [
      `it refuses the login: ${said}`,
      "Check the user and ssh.identityFile.",
      "login-refused",
    ];
  }
  if (FULL.test(stderrTail)) return ["its disk is full", "Make room there.", "far-disk-full"];
  if (argv[0] === "ssh" && exitCode === EXISTS) return taken;
  if (argv[0] === "ssh" && exitCode === IS_FOLDER) {
    return [
      "there is a folder of that name",
      "Choose another folder or another name, or move that one away.",
      "file-exists",
    ];
  }
  if (argv[0] === "ssh" && exitCode === DIFFERS) {
    return [
      "the digest there is another: it arrived otherwise than it was sent",
      "Check the network, and the disk and memory there.",
      "digest-differs",
    ];
  }
  if (argv[0] === "ssh" && exitCode === NOT_WRITABLE) {
    // An account may print other things when it starts a shell.
    const own = /^(mkdir|sh): (.*?)\.?$/m.exec(stderrTail)?.[2];
    const why = own ?? "the folder cannot be written to";
    return [why, "Choose another folder, or make it writable there.", "far-not-writable"];
  }
  if (argv[0] === "ssh" && exitCode === NO_DIGEST) {
    return [
      "there is neither sha512sum nor shasum, to check what arrived",
      "Install coreutils there.",
      "far-program-missing",
    ];
  }
  if (argv[0] === "sftp" && /write remote .*: Failure/.test(stderrTail)) {
    return [
      "it cannot be written there; its disk may be full",
      "Make room there.",
      "far-disk-full",
    ];
  }
  if (isTransient(error)) {
    return [
      `the connection failed: ${lastWords(stderrTail) || "it broke"}`,
      "Check the network.",
      "connection-failed",
    ];
  }
  return [
    `${argv[0]} ended with exit code ${exitCode}: ${lastWords(stderrTail) || "it said nothing"}`,
    "Look at the whole command.",
    "copy-failed",
  ];
}

/** Lines of a program that are shown: the last one alone may only sum up. */
const MOST_LINES = 3;

function lastWords(said: string): string {
  const lines = said.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.slice(-MOST_LINES).join(" / ").replace(/\.$/, "");
}

const taken: [string, string, string] = [
  "there is a file of that name already",
  "Choose another folder, or set ssh.overwrite to true.",
  "file-exists",
];
