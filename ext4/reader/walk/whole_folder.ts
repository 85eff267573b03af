/**
 * A folder of a walk with all of its entries.
 * @module
 */

import type { Reading } from "../reading.ts";
import type { WalkedFolder } from "./entry.ts";
import type { FolderWalk } from "./walk.ts";

/** The next folder of a sorted walk; `undefined` at its end. */
export function* readWholeFolder(walk: FolderWalk): Reading<WalkedFolder | undefined> {
  const folder = yield* walk.nextFolder();
  if (folder === undefined) return undefined;
  return { ...folder, entries: yield* walk.allEntries() };
}
