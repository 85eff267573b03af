/**
 * Of what a snapshot of a folder has to be taken.
 * @module
 */

import { spawnSync } from "node:child_process";
import { lstatSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { EnvironmentError } from "../environment_error.ts";
import { printable } from "../libc/paths.ts";
import { type Mount, readMounts } from "../mounts/mount_table.ts";
import { programEnvironment } from "../programs/hidden_variables.ts";
import { SNAPSHOT_PREFIX, type SnapshotRecord } from "./snapshot_commands.ts";

/** How the user asks for one. */
export type SnapshotKind = "auto" | "btrfs" | "zfs" | "lvm";

/** Where a folder lies. */
export interface SnapshotPlace {
  readonly record: SnapshotRecord;
  /** The folder, from the top of what is in the snapshot. */
  readonly below: string;
  readonly fileSystem: string;
}

/** The first inode of every subvolume of btrfs. */
const SUBVOLUME_INODE = 256;

/**
 * Finds it.
 *
 * @param folder Its real path. @param name Of the snapshot, behind `icecore-`.
 * @param leavesOut Whether folders of other file systems are to be empty anyway.
 * @throws EnvironmentError `no-snapshot`
 */
export function snapshotPlace(
  folder: string,
  kind: SnapshotKind,
  name: string,
  leavesOut: boolean,
): SnapshotPlace {
  const mounts = readMounts();
  const mount = mountOf(folder, mounts);
  const own = `${SNAPSHOT_PREFIX}${name}`;
  const found = kindOf(mount, kind, folder);
  if (!leavesOut) refuseMountsBelow(folder, mounts);
  const { fileSystem, mountpoint, source } = mount;
  if (found === "btrfs") {
    const subvolume = subvolumeOf(folder, mountpoint);
    if (!leavesOut) refuseSubvolumesBelow(folder, subvolume);
    const snapshot = `${subvolume === "/" ? "" : subvolume}/.${own}`;
    const record = { kind: found, subvolume, snapshot } as const;
    return { record, below: relative(subvolume, folder), fileSystem };
  }
  // Of what is mounted from a folder, the snapshot has all the rest as well.
  const below = join(mount.root, relative(mountpoint, folder)).slice(1);
  if (found === "zfs") {
    const record = { kind: found, dataset: source, snapshot: `${source}@${own}` } as const;
    return { record, below, fileSystem };
  }
  const volume = logicalVolume(source);
  if (volume === undefined) throw noSnapshot(folder, `${source} is not a logical volume`);
  const snapshot = `${dirname(volume)}/${own}`;
  return { record: { kind: found, volume, snapshot }, below, fileSystem };
}

function kindOf(
  { fileSystem, source }: Mount,
  kind: SnapshotKind,
  folder: string,
): Exclude<SnapshotKind, "auto"> {
  if (fileSystem === "btrfs" || fileSystem === "zfs") {
    if (kind === "auto" || kind === fileSystem) return fileSystem;
  } else if (kind === "lvm" || kind === "auto" && logicalVolume(source) !== undefined) {
    return "lvm";
  }
  throw noSnapshot(folder, `it lies on ${fileSystem}, on ${printable(source)}`);
}

/** The mount that a folder lies on: the last one made there hides the others. */
export function mountOf(folder: string, mounts: readonly Mount[]): Mount {
  const above = mounts.filter(({ mountpoint }) => isWithin(folder, mountpoint));
  const longest = Math.max(...above.map(({ mountpoint }) => mountpoint.length));
  return above.findLast(({ mountpoint }) => mountpoint.length === longest)!;
}

function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

/** The subvolume that a folder lies in: above the mount it would be another one. */
function subvolumeOf(folder: string, mountpoint: string): string {
  for (let at = folder;; at = dirname(at)) {
    if (statSync(at).ino === SUBVOLUME_INODE) return at;
    if (at !== mountpoint && at !== "/") continue;
    throw noSnapshot(
      folder,
      `${printable(at)} is mounted from a folder inside a subvolume`,
      "Name that folder where its subvolume is.",
    );
  }
}

/** A snapshot is of one file system: what is mounted below would be empty in the image. */
function refuseMountsBelow(folder: string, mounts: readonly Mount[]): void {
  const below = mounts.find(({ mountpoint }) =>
    mountpoint !== folder && isWithin(mountpoint, folder)
  );
  if (below === undefined) return;
  throw noSnapshot(
    folder,
    `${printable(below.mountpoint)}, below it, is another file system`,
    OTHERS,
  );
}

function refuseSubvolumesBelow(folder: string, subvolume: string): void {
  const shown = run(["btrfs", "subvolume", "show", subvolume]);
  const listed = run(["btrfs", "subvolume", "list", "-o", subvolume]);
  if (shown === undefined || listed === undefined) {
    throw noSnapshot(
      folder,
      "btrfs cannot list its subvolumes",
      "Run it as root, with btrfs-progs.",
    );
  }
  const [own = "/"] = shown.split("\n");
  const top = own === "/" ? "" : `${own}/`;
  for (const line of listed.split("\n")) {
    const path = / path (.*)$/.exec(line)?.[1];
    if (path === undefined || !path.startsWith(top)) continue;
    const nested = `${subvolume === "/" ? "" : subvolume}/${path.slice(top.length)}`;
    const isThere = lstatSync(nested, { throwIfNoEntry: false }) !== undefined;
    if (
      isThere && nested !== folder && isWithin(nested, folder) && !/\/\.icecore-\w+$/.test(nested)
    ) {
      throw noSnapshot(folder, `${printable(nested)}, below it, is a subvolume of its own`, OTHERS);
    }
  }
}

const OTHERS = "Name it as a source of its own, or leave other file systems out.";

/** `VG/LV` of a device; `undefined` where it is none, or LVM is not there. */
function logicalVolume(device: string): string | undefined {
  if (!device.startsWith("/dev/")) return undefined;
  const named = run(lvsArgv(device));
  return named === undefined ? undefined : volumeName(named);
}

/** Asks what volume a device is. */
export function lvsArgv(device: string): readonly string[] {
  return ["lvs", "--noheadings", "--separator", "/", "--options", "vg_name,lv_name", device];
}

/** The name out of what `lvs` prints. */
export function volumeName(printed: string): string | undefined {
  return /^\s*([\w+.-]+\/[\w+.-]+)\s*$/.exec(printed)?.[1];
}

/** What a program prints; `undefined` where it fails, or is not there. */
function run([program, ...args]: readonly string[]): string | undefined {
  const env = programEnvironment();
  const { status, stdout } = spawnSync(program!, args, { encoding: "utf8", env });
  return status === 0 ? stdout.trim() : undefined;
}

/** The error of what cannot be had. */
export function noSnapshot(
  folder: string,
  why: string,
  what = "Leave the snapshot out, or put the source on btrfs, ZFS or LVM.",
): EnvironmentError {
  const message = `cannot take a snapshot of ${printable(folder)}: ${why}. ${what}`;
  return new EnvironmentError(message, "no-snapshot");
}
