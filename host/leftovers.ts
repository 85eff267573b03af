/**
 * Releases what builds left that were killed: programs, mounts, loop devices, partial images and
 * private folders. Touches nothing that is not icecore's.
 * @module
 */

import { existsSync, lstatSync, readFileSync, rmSync, type Stats } from "node:fs";
import { ALGORITHMS } from "./digest.ts";
import { EnvironmentError } from "./environment_error.ts";
import { hasCode } from "./libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
  tryLock,
} from "./libc/files.ts";
import { loopDevicesOf, mountsBelow } from "./mounts.ts";
import { processesWith, signalAll } from "./processes.ts";
import { findProgram } from "./programs.ts";
import { runProgram } from "./run_program.ts";
import { findLeftovers, type Leftover, recordedIn, WORKDIR_VARIABLE } from "./workdir.ts";

/** Something that was released. */
export interface Released {
  /** What kind of thing it was. */
  readonly kind: "process" | "mount" | "loop" | "partial" | "workdir";
  /** A process number, a mount point, a device or a path. */
  readonly what: string;
}

/**
 * Releases all leftovers, or those of one image.
 *
 * @param partial Only builds that wrote to this file.
 * @returns What was released, in order; empty when there was nothing.
 * @throws EnvironmentError `not-released` when something cannot be released; all else is then
 * released all the same.
 */
export async function releaseLeftovers(partial?: string): Promise<Released[]> {
  const released: Released[] = [];
  const errors: unknown[] = [];
  for (const leftover of findLeftovers()) {
    try {
      if (partial === undefined || leftover.owner.partial === partial) {
        await release(leftover, released);
      }
    } catch (error) {
      errors.push(error);
    } finally {
      leftover.forget();
    }
  }
  if (errors.length === 0) return released;
  const reasons = errors.map((error) => error instanceof Error ? error.message : String(error));
  throw new EnvironmentError(
    `cannot release what a killed build left: ${reasons.join("; ")}. Run icecore clean again, ` +
      "as the user who ran that build.",
    "not-released",
    { cause: errors[0] },
  );
}

async function release({ path, owner }: Leftover, released: Released[]): Promise<void> {
  await endPrograms(path, released);
  for (const mountpoint of mountsBelow(path)) {
    await runProgram(["umount", mountpoint]);
    released.push({ kind: "mount", what: mountpoint });
  }
  for (const device of owner.partial === "-" ? [] : loopDevicesOf(owner.partial)) {
    if (findProgram("losetup") === undefined) continue;
    // Autoclear may have been faster: no such device any more is what was wanted.
    await runProgram(["losetup", "-d", device], { success: (code) => code === 0 || code === 1 });
    released.push({ kind: "loop", what: device });
  }
  for (const file of removePartials(owner.partial, recordedIn(path))) {
    released.push({ kind: "partial", what: file });
  }
  rmSync(path, { recursive: true, force: true });
  released.push({ kind: "workdir", what: path });
}

/** Ends them, and those that they start meanwhile. */
async function endPrograms(workdir: string, released: Released[]): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const running = processesWith(WORKDIR_VARIABLE, workdir);
    if (running.length === 0) return;
    const foreign = signalAll(running, "SIGKILL");
    if (foreign.length > 0) throw new Error(`process ${foreign[0]} belongs to another user`);
    for (const processId of running) {
      await ended(processId);
      released.push({ kind: "process", what: String(processId) });
    }
  }
}

const MOST_ROUNDS = 10;

async function ended(processId: number): Promise<void> {
  for (let waits = 0; waits < 100 && existsSync(`/proc/${processId}`); waits++) {
    const state = readState(processId);
    if (state === "Z" || state === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function readState(processId: number): string | undefined {
  try {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1];
  } catch (error) {
    if (hasCode(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}

/** What is put between an image's name and `.partial` by a build: side files, and a resize's log. */
const KINDS = [...ALGORITHMS, "undo"];

/** The files that a build which writes to `IMAGE.partial` may leave, there or not. */
export function partialsOf(partial: string): string[] {
  const image = partial.slice(0, -".partial".length);
  const sides = KINDS.map((kind) => `${image}.${kind}.partial`);
  return [partial, ...sides];
}

/**
 * Removes what is there of {@linkcode partialsOf} and of what the build wrote down, unless another
 * build has claimed it. Other names that end in `.partial` belong to other images, or programs.
 */
export function removePartials(partial: string, recorded: readonly string[] = []): string[] {
  if (!partial.endsWith(".partial") || !claimable(partial)) return [];
  const files = partialsOf(partial).filter(claimable).filter(isFile);
  const beside = recorded.filter((path) => path.endsWith(".partial") && isOurs(path));
  for (const path of [...files, ...beside]) rmSync(path, { recursive: true, force: true });
  return [...files, ...beside];
}

/** Nothing but regular files, and folders of them, is what a build makes. */
function isOurs(path: string): boolean {
  const status = statusOf(path);
  return status?.isFile() === true || status?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statusOf(path)?.isFile() === true;
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Written down by a build that could not make it, or in a folder that is none any more.
    if (hasCode(error, "ENAMETOOLONG", "ENOTDIR")) return undefined;
    throw error;
  }
}

function claimable(partial: string): boolean {
  try {
    const fd = openAt(CURRENT_FOLDER, partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const free = tryLock(fd);
    close(fd);
    return free;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return true;
    // Somebody put something else in its place.
    if (hasCode(error, "ELOOP", "ENXIO")) return false;
    throw error;
  }
}
