/**
 * The folder on the RAM disk that a benchmark works in. Whatever happens, Ctrl-C included, nothing
 * of it is left: no mount, no loop device, no file.
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import process from "node:process";

/** A folder on the RAM disk. */
export interface Workspace extends Disposable {
  readonly folder: string;
  /** Fires on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
}

const ramDisk = "/dev/shm";

/** Opens a workspace; dispose of it in the end. */
export function openWorkspace(): Workspace {
  const folder = mkdtempSync(`${ramDisk}/icecore-bench-`);
  const abort = new AbortController();
  const stop = () => abort.abort(new Error("stopped by a signal"));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    folder,
    signal: abort.signal,
    [Symbol.dispose]() {
      unmountBelow(folder);
      rmSync(folder, { recursive: true, force: true });
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

/** Bytes that are free on the RAM disk. */
export function freeBytes(): number {
  const { bavail, bsize } = statfsSync(ramDisk);
  return bavail * bsize;
}

/** Unmounts what a contender that was stopped has left; its loop device goes with the mount. */
function unmountBelow(folder: string): void {
  const mounted = readFileSync("/proc/self/mounts", "utf8").split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounted.reverse()) spawnSync("umount", [path]);
}
