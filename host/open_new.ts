/**
 * Opening files to write anew, in folders where others may write, too.
 * @module
 */

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/**
 * Opens a file to write: it is made, or emptied where an earlier build has left it. A symbolic link
 * that somebody put in its place is not followed.
 *
 * @throws Error of the system, e.g. `EACCES`, `ELOOP` for a link.
 */
export function openNew(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
}

/** Writes a whole file so. */
export async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await openNew(path);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}
