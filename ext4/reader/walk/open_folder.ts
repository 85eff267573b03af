/**
 * Opens a folder to be listed, with what a damaged image has lost and is found in it.
 * @module
 */

import { DirectoryCursor } from "../directory/directory.ts";
import type { Inode } from "../inode/inode.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";

/** @throws CorruptImageError when a folder cannot have its size */
export function* openFolder(volume: Volume, folder: Inode): Reading<DirectoryCursor> {
  const found = volume.lost === undefined ? [] : yield* volume.lost.entriesIn(folder.number);
  return yield* DirectoryCursor.open(volume, folder, found);
}
