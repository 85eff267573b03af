/**
 * One step down from a folder, or up from it.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { DirectoryCursor } from "../directory/directory.ts";
import { lookUp } from "../directory/lookup.ts";
import { loadNamed } from "../directory/named_inode.ts";
import type { Inode } from "../inode/inode.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";

/** What a folder has under a name. @throws CorruptImageError where it is broken */
export function* loadChild(
  volume: Volume,
  folder: InodeNumber,
  name: Uint8Array,
): Reading<Inode | undefined> {
  const entry = yield* lookUp(volume, yield* volume.inodes.load(folder), name);
  return entry && (yield* loadNamed(volume, folder, entry));
}

/** The folder above. @throws CorruptImageError where the folder is broken */
export function* loadParent(volume: Volume, folder: InodeNumber): Reading<InodeNumber> {
  const cursor = yield* DirectoryCursor.open(volume, yield* volume.inodes.load(folder));
  yield* cursor.next(1);
  return cursor.parent;
}
