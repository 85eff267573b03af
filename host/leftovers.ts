/**
 * Releases what builds left that were killed: programs, mounts, loop devices, partial images and
 * private folders. Touches nothing that is not icecore's.
 * @module
 */

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { hasCode } from "./libc/errno.ts";
import { close, CURRENT_FOLDER, O_NOFOLLOW, O_RDONLY, openAt, tryLock } from "./libc/files.ts";
import { loopDevicesOf, mountsBelow } from "./mounts.ts";
import { findProgram } from "./programs.ts";
import { runProgram } from "./run_program.ts";
import { findLeftovers, type Leftover, WORKDIR_VARIABLE } from "./workdir.ts";

/** Something that was released. */
export interface Released {
  readonly kind: "process" | "mount" | "loop" | "partial" | "workdir";
  /** A process number, a mount point, a device or a path. */
  readonly what: string;
}

/**
 * Releases all leftovers, or those of one image.
 *
 * @param partial Only builds that wrote to this file.
 * @returns What was released, in order; empty when there was nothing.
 * @throws ToolError when a mount or loop device cannot be released.
 */
export async function releaseLeftovers(partial?: string): Promise<Released[]> {
  const released: Released[] = [];
  for (const leftover of findLeftovers()) {
    try {
      if (partial === undefined || leftover.owner.partial === partial) {
        released.push(...await release(leftover));
      }
    } finally {
      leftover.forget();
    }
  }
  return released;
}

async function release({ path, owner }: Leftover): Promise<Released[]> {
  const released: Released[] = [];
  for (const processId of processesOf(path)) {
    process.kill(processId, "SIGKILL");
    await ended(processId);
    released.push({ kind: "process", what: String(processId) });
  }
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
  for (const file of removePartials(owner.partial)) released.push({ kind: "partial", what: file });
  rmSync(path, { recursive: true, force: true });
  released.push({ kind: "workdir", what: path });
  return released;
}

/** Programs that were started by the build of a private folder, by their environment. */
function processesOf(workdir: string): number[] {
  const marker = `${WORKDIR_VARIABLE}=${workdir}`;
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)
    .filter((processId) => processId !== process.pid)
    .filter((processId) => environmentOf(processId).includes(marker));
}

function environmentOf(processId: number): string[] {
  try {
    return readFileSync(`/proc/${processId}/environ`, "utf8").split("\0");
  } catch {
    // Ended meanwhile, or another user's: not ours in either case.
    return [];
  }
}

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

/** Removes `IMAGE.partial` and `IMAGE.*.partial`, unless another build has claimed them. */
export function removePartials(partial: string): string[] {
  if (!partial.endsWith(".partial") || !claimable(partial)) return [];
  const image = partial.slice(0, -".partial".length);
  const folder = dirname(partial);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).map((name) => `${folder === "/" ? "" : folder}/${name}`)
    .filter((file) => file.startsWith(`${image}.`) && file.endsWith(".partial"));
  for (const file of files) rmSync(file, { force: true });
  return files;
}

function claimable(partial: string): boolean {
  try {
    const fd = openAt(CURRENT_FOLDER, partial, O_RDONLY | O_NOFOLLOW);
    const free = tryLock(fd);
    close(fd);
    return free;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return true;
    throw error;
  }
}
