/**
 * Opening files to write anew, in folders where others may write as well.
 * @module
 */

import { constants, lstatSync, unlinkSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/**
 * Opens a file to write: it is made, in place of one that an earlier build has left. A symbolic link
 * that somebody put in its place is not followed.
 *
 * @param mode Who may read it, before the umask: `context.fileMode` for what holds the source's
 * contents. Its owner alone when absent.
 * @throws Error of the system, e.g. `EACCES`, `EEXIST` for a link.
 */
export function openNew(path: string, mode = 0o600): Promise<FileHandle> {
  // Not emptied: it may be open to others, or theirs.
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) unlinkSync(path);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

/** Writes a whole file so. */
export async function writeNew(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const handle = await openNew(path, mode);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}
