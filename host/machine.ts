/**
 * The machine as a pipeline's runner sees it.
 * @module
 */

import { rmSync } from "node:fs";
import { DigestThread } from "./digests/digest_thread.ts";
import { EnvironmentError } from "./environment_error.ts";
import { checkOutput, type ClaimedOutput, claimOutput } from "./files/claim_output.ts";
import { createFile } from "./files/create_file.ts";
import { makeWorkdir, type Workdir } from "./files/workdir.ts";
import { releaseLeftoversOf } from "./leftovers/leftovers.ts";
import { hasCode } from "./libc/errno.ts";
import { CURRENT_FOLDER } from "./libc/files.ts";
import { statusAt, StatusBuffer, type Timestamp } from "./libc/status.ts";
import { findProgram, installHint } from "./programs/find_program.ts";
import { loadShell } from "./programs/shell.ts";
import { isRoot } from "./user.ts";

/** This machine. */
export const machine = {
  requireRoot,
  requirePrograms,
  nowMs: () => performance.now(),
  loadShell,
  stamp,
  startHash: (algorithm: string): DigestThread => new DigestThread(algorithm),
  createFile,
  removeFile: (path: string): void => rmSync(path, { force: true }),
  checkOutput(finalPath: string, force: boolean): void {
    if (finalPath !== "-") checkOutput(finalPath, force);
  },
  releaseLeftovers: (finalPath: string): Promise<void> =>
    finalPath === "-" ? Promise.resolve() : releaseLeftoversOf(finalPath),
  claimOutput: (finalPath: string, force: boolean): ClaimedOutput =>
    finalPath === "-" ? STDOUT : claimOutput(finalPath, force),
  makeWorkdir: (partial: string): Workdir => makeWorkdir(partial),
};

const STDOUT: ClaimedOutput = {
  path: "-",
  record: () => {},
  publish: () => Promise.resolve(),
  settle: () => {},
  discard: () => {},
};

function requireRoot(names: readonly string[]): void {
  if (isRoot()) return;
  throw new EnvironmentError(
    `cannot run ${list(names)}: ${names.length === 1 ? "it needs" : "they need"} root, ` +
      "and this is not root. Run icecore with sudo; or use the recipe native, which needs no " +
      "root, and leave out what else does.",
    "not-root",
  );
}

function requirePrograms(programs: ReadonlyMap<string, string>): void {
  const missing = [...programs].filter(([name]) => findProgram(name) === undefined);
  if (missing.length === 0) return;
  const named = missing.map(([name, step]) => `${name} (for ${step})`);
  throw new EnvironmentError(
    `cannot find ${list(named)}: not in PATH. ${installHint(missing.map(([name]) => name))}`,
    "missing-program",
  );
}

function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** Two of them show whether a file was written in between. */
function stamp(path: string) {
  const status = new StatusBuffer();
  try {
    statusAt(CURRENT_FOLDER, path, status);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
  const { sizeBytes, mtime, inodeKey, ctime, mode, countLinks, uid, gid } = status;
  return {
    contents: [sizeBytes, exact(mtime), inodeKey].join(" "),
    touched: exact(ctime),
    attributes: [mode, countLinks, uid, gid].join(" "),
  };
}

/** To the nanosecond, which Deno's own `stat` cuts to milliseconds and seconds. */
function exact({ seconds, nanoseconds }: Timestamp): string {
  return `${seconds}.${nanoseconds}`;
}
