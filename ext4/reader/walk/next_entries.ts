/**
 * Some more entries of a folder that is listed, with the metadata of what they name.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { loadNamed, peekNamed } from "../directory/named_inode.ts";
import type { RawEntry } from "../directory/raw_entry.ts";
import type { Inode } from "../inode/inode.ts";
import { leaveOut, type LeavingOut } from "../leave_out.ts";
import type { Stat } from "../metadata/stat.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { Entry } from "./entry.ts";
import type { EntryWindow } from "./entry_window.ts";
import { BATCH_ENTRIES } from "./walk.ts";

/** Reads on. @returns `undefined` at the end of the folder */
export function* nextEntries(
  volume: Volume,
  folder: { readonly inode: InodeNumber; readonly window: EntryWindow },
  leaving: LeavingOut,
  statOf: (inode: Inode, raw: RawEntry) => Stat,
): Reading<Entry[] | undefined> {
  let raw = folder.window.take();
  if (raw === undefined) {
    const isThere = yield* folder.window.fill(
      leaving.onBroken && ((error) => leaveOut(error, leaving, () => new Uint8Array())),
    );
    if (!isThere) return undefined;
    raw = folder.window.take();
  }
  const entries: Entry[] = [];
  for (let count = 0; raw !== undefined;) {
    const one: RawEntry = raw;
    try {
      const inode = peekNamed(volume, folder.inode, one) ??
        (yield* loadNamed(volume, folder.inode, one));
      entries.push(new Entry(one, statOf(inode, one)));
    } catch (error) {
      leaveOut(error, leaving, () => one.name);
    }
    raw = ++count < BATCH_ENTRIES ? folder.window.take() : undefined;
  }
  if (entries.length >= BATCH_ENTRIES) volume.afterMany();
  return entries;
}
