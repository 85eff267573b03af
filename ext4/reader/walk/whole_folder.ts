/**
 * A folder of a walk with all of its entries.
 * @module
 */

import type { Reading } from "../reading.ts";
import { Entry, type WalkedFolder } from "./entry.ts";
import type { FolderWalk } from "./walk.ts";

/** The next folder of a sorted walk; `undefined` at its end. */
export function* readWholeFolder(walk: FolderWalk): Reading<WalkedFolder | undefined> {
  const folder = yield* walk.nextFolder();
  if (folder === undefined) return undefined;
  // A sorted walk gives all entries at once.
  const entries = (yield* walk.nextEntries((raw, stat) => new Entry(raw, stat))) ?? [];
  return { ...folder, entries: entries.sort(Entry.compare) };
}
