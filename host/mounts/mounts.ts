/**
 * What is mounted, and which loop devices stand on which files.
 * @module
 */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { hasCode } from "../libc/errno.ts";
import { programEnvironment } from "../programs/hidden_variables.ts";
import { mountAt, readMounts } from "./mount_table.ts";

/** Mount points at or below a folder in this process's namespace, the deepest first. */
export function mountsBelow(folder: string): string[] {
  return readMounts().map(({ mountpoint }) => mountpoint)
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .reverse();
}

/** Whether a folder lies on another file system than the folder it is in. */
export function isMountpoint(folder: string): boolean {
  return statSync(folder).dev !== statSync(`${folder}/..`).dev;
}

/** Unmounts a folder and all below without waiting for those who use it; nothing if not mounted. */
export function unmountNow(folder: string): void {
  for (const mountpoint of mountsBelow(folder)) unmountLazily(mountpoint);
}

/** The same for what is mounted at the folder itself, and nothing that is mounted below it. */
export function unmountOneNow(folder: string): void {
  if (mountAt(folder) !== undefined) unmountLazily(folder);
}

function unmountLazily(mountpoint: string): void {
  const { status, stderr } = spawnSync("umount", ["--lazy", mountpoint], {
    encoding: "utf8",
    env: programEnvironment(),
  });
  if (status !== 0) throw new Error(`cannot unmount ${mountpoint}: ${stderr.trim()}`);
}

/** Loop devices whose backing file is `path`, e.g. `/dev/loop3`. */
export function loopDevicesOf(path: string): string[] {
  return readdirSync("/sys/block")
    .filter((name) => name.startsWith("loop"))
    .filter((name) => backingFile(name)?.replace(/ \(deleted\)$/, "") === path)
    .map((name) => `/dev/${name}`);
}

function backingFile(loop: string): string | undefined {
  try {
    return readFileSync(`/sys/block/${loop}/loop/backing_file`, "utf8").replace(/\n$/, "");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENXIO", "ENODEV")) return undefined;
    throw error;
  }
}
