/**
 * A file system of its own on a loop device, mounted for a while.
 * @module
 */

import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "../programs/oracles.ts";
import type { Requirements } from "../programs/requirements.ts";

/** File systems that can clone blocks. */
export const CLONING = ["btrfs", "xfs"] as const;

/** Large enough for each of them. */
const DISK_BYTES = 512 << 20;

/** What making one needs of the machine. */
export const loopDisk = (type: string): Requirements => ({
  programs: [`mkfs.${type}`, "mount", "umount", "sync"],
  loop: true,
});

/** Makes a disk in a folder, mounts it, and gives its mountpoint to `use`. */
export async function withLoopDisk(
  folder: string,
  type: string,
  use: (mountpoint: string) => void | Promise<void>,
  name: string = type,
): Promise<void> {
  const disk = join(folder, `${name}.disk`);
  const mountpoint = join(folder, name);
  writeFileSync(disk, "");
  truncateSync(disk, DISK_BYTES);
  output(`mkfs.${type}`, [type === "ext4" ? "-F" : "-f", "-q", disk]);
  mkdirSync(mountpoint);
  output("mount", ["-o", "loop", disk, mountpoint]);
  try {
    await use(mountpoint);
  } finally {
    output("umount", ["--lazy", mountpoint]);
  }
}
