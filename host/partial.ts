/**
 * Files with a name of their own while they are written: each is claimed by one process, and never
 * is anything but a regular file.
 * @module
 */

import { existsSync, lstatSync } from "node:fs";
import { basename, dirname } from "node:path";
import { EnvironmentError } from "./environment_error.ts";
import { hasCode, meaningOf } from "./libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_CREAT,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDWR,
  openAt,
  truncate,
  tryLock,
} from "./libc/files.ts";
import { printable } from "./libc/paths.ts";
import { StatusBuffer, statusOfOpen } from "./libc/status.ts";

/**
 * Claims a partial file: makes or empties it, and locks it.
 *
 * @param path Ends in `.partial`.
 * @param shown The file it is to become, printable.
 * @returns What holds the lock; closing it gives the claim up.
 * @throws EnvironmentError `not-writable`, also where something is in the way that is no regular
 * file; `output-busy` when another process has claimed it.
 */
export function claimPartial(path: string, shown: string): Descriptor {
  // Another build may rename or remove the file between opening and locking it; then try anew.
  for (let tries = 0; tries < 10; tries++) {
    const lock = openPartial(path, shown);
    if (!tryLock(lock)) {
      close(lock);
      throw new EnvironmentError(
        `cannot write ${shown}: another icecore is building it now. Wait for it, ` +
          "or choose another name.",
        "output-busy",
      );
    }
    if (isSameFile(lock, path)) {
      truncate(lock, 0);
      return lock;
    }
    close(lock);
  }
  throw new EnvironmentError(
    `cannot write ${shown}: ${basename(path)} keeps being replaced. Look for another icecore.`,
    "output-busy",
  );
}

/** The error of a folder that may not be written to. */
export function notWritable(shown: string, folder: string, error: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${shown}: ${meaningOf(error)}. Make the folder ${printable(folder)} writable, ` +
      "or choose another place.",
    "not-writable",
    { cause: error },
  );
}

/**
 * The error of what has a partial file's name and is none.
 *
 * @param path The partial file.
 * @param shown What it is to become, printable.
 */
export function inTheWay(path: string, shown: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${shown}: ${printable(path)} is in the way, and is no regular file. ` +
      "Remove it, or choose another name.",
    "not-writable",
    { cause },
  );
}

function openPartial(path: string, shown: string): Descriptor {
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status?.isFile() === false) throw Object.assign(new Error(path), { code: "ENXIO" });
    return openAt(CURRENT_FOLDER, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
  } catch (error) {
    if (hasCode(error, "EACCES", "EROFS", "EPERM")) throw notWritable(shown, dirname(path), error);
    if (hasCode(error, "ELOOP", "EISDIR", "ENXIO")) throw inTheWay(path, shown, error);
    throw new EnvironmentError(
      `cannot write ${shown}: ${meaningOf(error)}. Choose another place.`,
      "not-writable",
      { cause: error },
    );
  }
}

function isSameFile(fd: Descriptor, path: string): boolean {
  if (!existsSync(path)) return false;
  const open = new StatusBuffer();
  statusOfOpen(fd, open);
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return named !== undefined && open.inodeKey.endsWith(`:${named.ino}`);
}
