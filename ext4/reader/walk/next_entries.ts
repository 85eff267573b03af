/**
 * Some more entries of a folder that is listed, with the metadata of what they name.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import type { DirectoryCursor } from "../directory/directory.ts";
import { loadNamed } from "../directory/named_inode.ts";
import type { Inode } from "../inode/inode.ts";
import { leaveOut, type LeavingOut } from "../leave_out.ts";
import type { Stat } from "../metadata/stat.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { Entry } from "./entry.ts";
import { BATCH_ENTRIES } from "./walk.ts";

/** Reads on. @returns `undefined` at the end of the folder */
export function* nextEntries(
  volume: Volume,
  folder: { readonly inode: InodeNumber; readonly cursor: DirectoryCursor },
  leaving: LeavingOut,
  statOf: (inode: Inode, name: Uint8Array) => Stat,
): Reading<Entry[] | undefined> {
  const raw = yield* folder.cursor.next(
    BATCH_ENTRIES,
    leaving.onBroken && ((error) => leaveOut(error, leaving, () => new Uint8Array())),
  );
  if (raw === undefined) return undefined;
  const entries: Entry[] = [];
  for (let one = raw.pop(); one !== undefined; one = raw.pop()) {
    try {
      const inode = yield* loadNamed(volume, folder.inode, one);
      entries.push(new Entry(one, statOf(inode, one.name)));
    } catch (error) {
      leaveOut(error, leaving, () => one.name);
    }
  }
  return entries;
}
