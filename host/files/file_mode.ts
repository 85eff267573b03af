/**
 * Who may read what a build makes.
 *
 * Everything is made for its owner alone. The image is opened to everybody when all that is in it
 * was readable by everybody; otherwise it stays the owner's, and so does what was made of it.
 * @module
 */

import { chmodSync, lstatSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { hasCode } from "../libc/errno.ts";

/** Gives a complete image the mode that it is to have. */
export function setImageMode(path: string, isPublic: boolean): void {
  setMode(path, (isPublic ? 0o666 : 0o600) & ~process.umask());
}

/** Takes from a file what others may not do with a private image; never opens it further. */
export function limitMode(path: string, isPublic: boolean): void {
  if (!isPublic) setMode(path, lstatSync(path).mode & 0o700);
}

const OTHERS_READ = 0o004;
const OTHERS_SEARCH = 0o001;

/** Whether every user may read all of these files where they lie. */
export function areReadableByAll(paths: readonly string[]): boolean {
  return paths.every((path) => (statSync(path).mode & OTHERS_READ) !== 0 && isReachableByAll(path));
}

/** Whether every user may search all folders above a file or folder; a link to it is followed. */
export function isReachableByAll(file: string): boolean {
  for (let path = realpathSync(file); path !== "/";) {
    path = dirname(path);
    if ((lstatSync(path).mode & OTHERS_SEARCH) === 0) return false;
  }
  return true;
}

function setMode(path: string, mode: number): void {
  const status = lstatSync(path);
  if (!status.isFile() || (status.mode & 0o7777) === mode) return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    // Some file systems have no modes of their own, as those of Windows.
    if (!hasCode(error, "EPERM", "EOPNOTSUPP", "ENOTSUP", "ENOSYS")) throw error;
  }
}
