/**
 * Gives a complete file its final name, and never in another file's place.
 * @module
 */

import { closeSync, linkSync, openSync, renameSync, unlinkSync } from "node:fs";
import { hasCode } from "../libc/errno.ts";
import { renameNoReplace } from "../libc/rename.ts";

/**
 * Renames a file, unless something has the new name: by `RENAME_NOREPLACE`; by a link where the
 * file system refuses that, as NFS and FUSE may; where there are no links either, over an empty
 * file that is made for it.
 *
 * @throws Error of the system; `EEXIST` where something has the name. Nothing has changed then.
 */
export function giveName(path: string, finalPath: string): void {
  try {
    renameNoReplace(path, finalPath);
  } catch (error) {
    if (!hasCode(error, "EINVAL", "ENOSYS", "EOPNOTSUPP")) throw error;
    giveNameByLink(path, finalPath);
  }
}

/** The same without `RENAME_NOREPLACE`. */
export function giveNameByLink(path: string, finalPath: string): void {
  try {
    linkSync(path, finalPath);
  } catch (error) {
    if (!hasCode(error, "EPERM", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EMLINK")) throw error;
    return giveNameByPlaceholder(path, finalPath);
  }
  orUndone(() => unlinkSync(path), finalPath);
}

/** The same without links. */
export function giveNameByPlaceholder(path: string, finalPath: string): void {
  closeSync(openSync(finalPath, "wx", 0o600));
  orUndone(() => renameSync(path, finalPath), finalPath);
}

function orUndone(work: () => void, finalPath: string): void {
  try {
    work();
  } catch (error) {
    unlinkSync(finalPath);
    throw error;
  }
}
