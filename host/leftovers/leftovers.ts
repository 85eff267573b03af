/**
 * Releases what builds left that were killed: programs, mounts, loop devices, partial images and
 * private folders. Touches nothing that is not icecore's.
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { EnvironmentError } from "../environment_error.ts";
import { type LeftBeside, leftBeside } from "../files/build_record.ts";
import { partialsOf } from "../files/claim_partial.ts";
import { isNameTooLong } from "../files/name_length.ts";
import { inodeOf, type Move, undoMove } from "../files/publication.ts";
import { removeLeft, statusLeft } from "../files/remove_left.ts";
import { findLeftovers, type Leftover, WORKDIR_VARIABLE } from "../files/workdir.ts";
import { hasCode } from "../libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
  tryLock,
} from "../libc/files.ts";
import { loopDevicesOf, mountsBelow } from "../mounts/mounts.ts";
import { findProgram } from "../programs/find_program.ts";
import { processesWith, signalAll } from "../programs/processes.ts";
import { runProgram } from "../programs/run_program.ts";
import { removeLeftSnapshots } from "../snapshots/snapshots.ts";
import { LeftoverPlaces } from "./leftover_places.ts";

/** Something that was released. */
export interface Released {
  /** What kind of thing it was. */
  readonly kind:
    | "process"
    | "mount"
    | "snapshot"
    | "loop"
    | "partial"
    | "workdir"
    | "output"
    | "restored";
  /** A process number, a mount point, a device or a path. */
  readonly what: string;
}

/**
 * Releases what killed builds left.
 *
 * @param places Folders that outputs lie in, and outputs, there or not: only what was left of those.
 * Absent: all that the temporary folders know of, and what lies in the current folder.
 * @returns What was released, in order; empty when there was nothing.
 * @throws EnvironmentError `not-released` when something cannot be released; all else is then
 * released all the same. `no-folder`, `unreadable` for a place.
 */
export async function releaseLeftovers(places?: readonly string[]): Promise<Released[]> {
  const named = new LeftoverPlaces(places ?? (isReadable(".") ? ["."] : []));
  const released: Released[] = [];
  const errors: unknown[] = [];
  for (const leftover of findLeftovers()) {
    try {
      if (places === undefined || named.has(leftover.owner.partial)) {
        await release(leftover, released);
      }
    } catch (error) {
      errors.push(error);
    } finally {
      leftover.forget();
    }
  }
  errors.push(...releaseAllBeside(named, released));
  if (errors.length === 0) return released;
  const reasons = errors.map((error) => error instanceof Error ? error.message : String(error));
  throw new EnvironmentError(
    `cannot release what a killed build left: ${reasons.join("; ")}. Run icecore clean again, ` +
      "as the user who ran that build.",
    "not-released",
    { cause: errors[0] },
  );
}

/**
 * Releases what killed builds of an output left, and what lies beside it of others: an image that is
 * named after the day is never built again.
 *
 * @throws EnvironmentError `not-released`, of this output alone.
 */
export async function releaseLeftoversOf(finalPath: string): Promise<void> {
  const folder = dirname(finalPath);
  // Whoever claims the output says what is wrong with its folder or its name.
  if (!isReadable(folder) || isNameTooLong(finalPath)) return;
  await releaseLeftovers([finalPath]);
  // What cannot be released of others is in nobody's way; icecore clean names it.
  releaseAllBeside(new LeftoverPlaces([folder]), []);
}

/** @returns What could not be released, and why. */
function releaseAllBeside(places: LeftoverPlaces, released: Released[]): unknown[] {
  return places.find().flatMap((left) => {
    try {
      releaseBeside(left, released);
      return [];
    } catch (error) {
      return [error];
    }
  });
}

function isReadable(folder: string): boolean {
  try {
    readdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends what a killed build had begun to make final, removes what it left, and its record last. When
 * the image has its name, which it takes last, all is final; else what was there before is put back.
 */
function releaseBeside(left: LeftBeside, released: Released[]): void {
  try {
    settle(left, released);
    const partial = `${left.finalPath}.partial`;
    for (const file of removePartials(partial, left.beside)) {
      released.push({ kind: "partial", what: file });
    }
    removeLeft([left.record]);
  } finally {
    left.forget();
  }
}

function settle(left: LeftBeside, released: Released[]): void {
  const isPlaced = ({ finalPath, inode }: Move) =>
    inode !== undefined && inodeOf(finalPath) === inode;
  const last = left.moves.at(-1);
  const isDone = last !== undefined && isPlaced(last);
  for (const move of left.moves.toReversed()) {
    const { aside, finalPath } = move;
    if (isDone) {
      if (aside !== undefined) removeLeft([aside]);
      continue;
    }
    const isKept = aside !== undefined && inodeOf(aside) !== undefined;
    const wasPlaced = isPlaced(move);
    undoMove(move, wasPlaced);
    if (isKept) released.push({ kind: "restored", what: finalPath });
    else if (wasPlaced) released.push({ kind: "output", what: finalPath });
  }
}

async function release({ path, owner }: Leftover, released: Released[]): Promise<void> {
  await endPrograms(path, released);
  for (const mountpoint of mountsBelow(path)) {
    await runProgram(["umount", mountpoint]);
    released.push({ kind: "mount", what: mountpoint });
  }
  for (const snapshot of removeLeftSnapshots(path)) {
    released.push({ kind: "snapshot", what: snapshot });
  }
  for (const device of owner.partial === "-" ? [] : loopDevicesOf(owner.partial)) {
    if (findProgram("losetup") === undefined) continue;
    // Autoclear may have been faster: no such device any more is what was wanted.
    await runProgram(["losetup", "-d", device], { success: (code) => code === 0 || code === 1 });
    released.push({ kind: "loop", what: device });
  }
  const output = owner.partial.replace(/\.partial$/, "");
  for (const left of leftBeside(output)) releaseBeside(left, released);
  for (const file of removePartials(owner.partial)) {
    released.push({ kind: "partial", what: file });
  }
  removeLeft([path]);
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

/**
 * Removes what is there of {@linkcode partialsOf} and of what the build wrote down, unless another
 * build has claimed it. Other names that end in `.partial` belong to other images, or programs.
 */
export function removePartials(partial: string, recorded: readonly string[] = []): string[] {
  if (!partial.endsWith(".partial") || !claimable(partial)) return [];
  const files = partialsOf(partial).filter(claimable).filter(isFile);
  const beside = recorded.filter((path) => path.endsWith(".partial") && isOurs(path));
  removeLeft([...files, ...beside]);
  return [...files, ...beside];
}

/** Nothing but regular files, and folders of them, is what a build makes. */
function isOurs(path: string): boolean {
  const status = statusLeft(path);
  return status?.isFile() === true || status?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statusLeft(path)?.isFile() === true;
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
