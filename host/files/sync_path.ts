/**
 * What is written reaches the disk.
 * @module
 */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { hasCode } from "../libc/errno.ts";

/** Syncs a file or a folder, off the main thread: gigabytes may be on their way to the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, "EINVAL", "ENOSYS")) throw error;
  } finally {
    await handle.close();
  }
}
