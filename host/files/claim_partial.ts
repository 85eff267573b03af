/**
 * Files with a name of their own while they are written: each is claimed by one process, and never
 * is anything but a regular file.
 * @module
 */

import { existsSync, lstatSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { ALGORITHMS } from "../digests/file_digest.ts";
import { EnvironmentError } from "../environment_error.ts";
import { hasCode, meaningOf } from "../libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDWR,
  openAt,
  tryLock,
} from "../libc/files.ts";
import { printable } from "../libc/paths.ts";
import { StatusBuffer, statusOfOpen } from "../libc/status.ts";

/**
 * Claims a partial file: makes it anew, and locks it. One that an earlier build has left is removed:
 * it may be open to others, or theirs.
 *
 * @param path Ends in `.partial`.
 * @param shown The file it is to become, printable.
 * @param mode Who may read it, before the umask.
 * @returns What holds the lock; closing it gives the claim up.
 * @throws EnvironmentError `not-writable`, also where something is in the way that is not a regular
 * file; `output-busy` when another process has claimed it.
 */
export function claimPartial(path: string, shown: string, mode = 0o600): Descriptor {
  // Another build may rename or remove the file between opening and locking it; then try anew.
  for (let tries = 0; tries < 10; tries++) {
    const opened = openPartial(path, shown, mode);
    if (opened === undefined) continue;
    const { lock, isNew } = opened;
    if (!tryLock(lock)) {
      close(lock);
      throw new EnvironmentError(
        `cannot write ${shown}: another icecore is building it now. Wait for it, ` +
          "or choose another name.",
        "output-busy",
      );
    }
    if (isSameFile(lock, path)) {
      if (isNew) return lock;
      removeOld(path, shown, lock);
    } else close(lock);
  }
  throw new EnvironmentError(
    `cannot write ${shown}: ${basename(path)} keeps being replaced. Look for another icecore.`,
    "output-busy",
  );
}

/**
 * Refuses a partial file or folder that could not be made, or that something else is in the way of:
 * a folder would be removed with all that is in it, and whoever opens a FIFO waits for ever.
 *
 * @throws EnvironmentError `name-too-long`, `not-writable`.
 */
export function checkPartial(path: string): void {
  const length = new TextEncoder().encode(basename(path)).length;
  if (length > NAME_MAX_BYTES) {
    throw new EnvironmentError(
      `cannot write ${printable(path)}: its name has ${length} bytes, and the kernel's limit is ` +
        `${NAME_MAX_BYTES}. Choose a shorter name.`,
      "name-too-long",
    );
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== false) return;
  throw inTheWay(path, printable(path.replace(/\.partial$/, "")));
}

/** The kernel's limit to a name. */
export const NAME_MAX_BYTES = 255;

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
 * The error of what has a partial file's name without being one.
 *
 * @param path The partial file.
 * @param shown What it is to become, printable.
 */
export function inTheWay(path: string, shown: string, cause?: unknown): EnvironmentError {
  const why = cause === undefined
    ? "is not a regular file"
    : `cannot be replaced (${meaningOf(cause)})`;
  return new EnvironmentError(
    `cannot write ${shown}: ${printable(path)} is in the way, and ${why}. ` +
      "Remove it, or choose another name.",
    "not-writable",
    { cause },
  );
}

/** Opens what is there, else makes it; nothing where another build was faster in either. */
function openPartial(
  path: string,
  shown: string,
  mode: number,
): { readonly lock: Descriptor; readonly isNew: boolean } | undefined {
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status?.isFile() === false) throw Object.assign(new Error(path), { code: "ENXIO" });
    const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
    const isNew = status === undefined;
    const lock = openAt(CURRENT_FOLDER, path, isNew ? flags | O_CREAT | O_EXCL : flags, mode);
    return { lock, isNew };
  } catch (error) {
    if (hasCode(error, "EEXIST", "ENOENT") && existsSync(dirname(path))) return undefined;
    if (hasCode(error, "EACCES", "EROFS", "EPERM")) throw notWritable(shown, dirname(path), error);
    if (hasCode(error, "ELOOP", "EISDIR", "ENXIO")) throw inTheWay(path, shown);
    throw new EnvironmentError(
      `cannot write ${shown}: ${meaningOf(error)}. Choose another place.`,
      "not-writable",
      { cause: error },
    );
  }
}

/** Removes what an earlier build has left, locked until it is gone. */
function removeOld(path: string, shown: string, lock: Descriptor): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw inTheWay(path, shown, error);
  } finally {
    close(lock);
  }
}

function isSameFile(fd: Descriptor, path: string): boolean {
  if (!existsSync(path)) return false;
  const open = new StatusBuffer();
  statusOfOpen(fd, open);
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return named !== undefined && open.inodeKey.endsWith(`:${named.ino}`);
}

/** What is put between an image's name and `.partial` by a build: side files, and a resize's log. */
const KINDS = [...ALGORITHMS, "undo"];

/** The files that a build which writes to `IMAGE.partial` may leave, there or not. */
export function partialsOf(partial: string): string[] {
  const image = partial.slice(0, -".partial".length);
  const sides = KINDS.map((kind) => `${image}.${kind}.partial`);
  return [partial, ...sides];
}
