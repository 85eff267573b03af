/**
 * Finds programs, and says how to install those that are missing.
 * @module
 */

import { accessSync, constants, statSync } from "node:fs";
import process from "node:process";

/**
 * The folders of PATH, and behind them the `sbin` beside each `bin`: there lie administrators'
 * programs, which Debian leaves out of the PATH of ordinary users.
 */
export function searchFolders(path: string = process.env["PATH"] ?? ""): string[] {
  const folders = path.split(":").filter((folder) => folder !== "");
  const system = folders.filter((folder) => /(^|\/)bin\/*$/.test(folder))
    .map((folder) => folder.replace(/bin\/*$/, "sbin"));
  return [...new Set([...folders, ...system])];
}

/** The path of an executable file, or `undefined`. */
export function findProgram(name: string, folders: string[] = searchFolders()): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? name : undefined;
  return folders.map((folder) => `${folder}/${name}`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Debian's package of a program; the program's own name where that is the package's as well. */
const PACKAGES: Readonly<Record<string, string>> = {
  "mkfs.ext4": "e2fsprogs",
  e2fsck: "e2fsprogs",
  e2undo: "e2fsprogs",
  resize2fs: "e2fsprogs",
  tune2fs: "e2fsprogs",
  dumpe2fs: "e2fsprogs",
  debugfs: "e2fsprogs",
  mount: "mount",
  umount: "mount",
  sync: "coreutils",
  unshare: "util-linux",
  nsenter: "util-linux",
  fuse2fs: "fuse2fs",
  "fuse-overlayfs": "fuse-overlayfs",
  veritysetup: "cryptsetup-bin",
  scp: "openssh-client",
  sftp: "openssh-client",
  ssh: "openssh-client",
};

/** One line that installs what is missing, e.g. `Install it with: apt-get install e2fsprogs`. */
export function installHint(programs: readonly string[]): string {
  const packages = [...new Set(programs.map((name) => PACKAGES[name] ?? name))];
  return `Install ${programs.length === 1 ? "it" : "them"} with: apt-get install ${
    packages.join(" ")
  }`;
}
