/**
 * A folder that one process at a time changes.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import { meaningOf } from "../libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_CREAT,
  O_NOFOLLOW,
  O_RDWR,
  openAt,
  tryLock,
} from "../libc/files.ts";
import { printable } from "../libc/paths.ts";

/** The file that is locked. It stays: a name that comes and goes can be locked twice. */
export const LOCK_NAME = ".icecore.lock";

/**
 * Takes the lock of a folder; the kernel drops it when this process ends, however it ends.
 *
 * @returns What gives it up; to be called once.
 * @throws EnvironmentError `folder-busy` when another process has it, `not-writable`.
 */
export function lockFolder(folder: string): () => void {
  let lock: Descriptor;
  try {
    lock = openAt(CURRENT_FOLDER, `${folder}/${LOCK_NAME}`, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw new EnvironmentError(
      `cannot work in ${printable(folder)}: ${meaningOf(error)}. ` +
        "Make it a folder that you may write to.",
      "not-writable",
      { cause: error },
    );
  }
  if (tryLock(lock)) return () => close(lock);
  close(lock);
  throw new EnvironmentError(
    `cannot work in ${printable(folder)}: another icecore is at work there. ` +
      "Wait for it.",
    "folder-busy",
  );
}
