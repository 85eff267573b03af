/**
 * Walks a folder of a stack and all below it, as `FolderWalk` walks one image: first all entries
 * of a folder, then folder by folder what is in them.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import { corrupt } from "../../ext4/reader/corrupt.ts";
import { InodeSet } from "../../ext4/reader/directory/inode_set.ts";
import { leaveOut, type LeavingOut } from "../../ext4/reader/leave_out.ts";
import { isEncrypted, type Stat } from "../../ext4/reader/metadata/stat.ts";
import { joinPath } from "../../ext4/reader/path.ts";
import type { FolderOfWalk } from "../../ext4/reader/walk/folder_of_walk.ts";
import { type FolderPart, mergedEntries, type MergedEntry } from "./merged_folder.ts";

/** A folder that is to be listed. */
interface Waiting {
  /** The folder it lies in, to make its path from. */
  readonly above: Waiting | undefined;
  readonly name: Uint8Array;
  readonly stat: Stat;
  readonly parts: readonly FolderPart[];
  readonly depth: number;
}

/** A folder that is walked, with a way to its entries. */
export interface WalkedParts extends FolderOfWalk {
  /** To be read to their end before the next folder. */
  readonly batches: AsyncGenerator<MergedEntry[]>;
}

/** Deeper folders would make their paths alone fill the memory. */
const MAX_DEPTH = 65_536;

/**
 * Walks.
 * @param path of the folder to begin at
 * @param isSorted whether folders come in the order of their names
 */
export async function* walkStack(
  path: Uint8Array,
  top: { readonly stat: Stat; readonly parts: readonly FolderPart[] },
  isSorted: boolean,
  leaving: LeavingOut,
): AsyncGenerator<WalkedParts> {
  const seen = new InodeSet();
  seen.add(top.stat.inode);
  const waiting: Waiting[] = [{ above: undefined, name: path, depth: 0, ...top }];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const below: Waiting[] = [];
    yield {
      path: pathOf(folder),
      depth: folder.depth,
      stat: folder.stat,
      batches: entriesOf(folder, below, seen, leaving),
    };
    if (isSorted) below.sort((a, b) => compareBytes(a.name, b.name));
    while (below.length > 0) waiting.push(below.pop()!);
  }
}

async function* entriesOf(
  folder: Waiting,
  below: Waiting[],
  seen: InodeSet,
  leaving: LeavingOut,
): AsyncGenerator<MergedEntry[]> {
  const within = leavingWithin(folder, leaving);
  try {
    for await (const batch of mergedEntries(folder.parts, within)) {
      yield batch.filter(({ entry, parts }) => {
        if (entry.kind !== "folder") return true;
        try {
          below.push(waitingOf(folder, entry, parts, seen));
          return true;
        } catch (error) {
          leaveOut(error, within, () => entry.name);
          return false;
        }
      });
    }
  } catch (error) {
    leaveOut(error, leaving, () => pathOf(folder));
  }
}

/** @throws CorruptImageError when a folder is reached a second time */
function waitingOf(
  above: Waiting,
  { name, stat }: MergedEntry["entry"],
  parts: readonly FolderPart[],
  seen: InodeSet,
): Waiting {
  const fields = { inode: above.stat.inode, refersTo: stat.inode };
  if (!seen.add(stat.inode)) {
    const why = "a folder is reached a second time";
    throw corrupt("folder-twice", "ext4_dir_entry_2", why, fields);
  }
  if (above.depth === MAX_DEPTH) {
    throw corrupt("folder-depth", "ext4_dir_entry_2", "folders lie too deep", fields);
  }
  return { above, name, stat, parts, depth: above.depth + 1 };
}

/** What is broken in a folder has its path below that; here it is wanted from the top. */
function leavingWithin(folder: Waiting, { onBroken, onUnsupported }: LeavingOut): LeavingOut {
  const from = (path: Uint8Array | undefined) => {
    if (path === undefined) return undefined;
    return path.length === 0 ? pathOf(folder) : joinPath(pathOf(folder), path);
  };
  // What lies in an encrypted folder is encrypted as well: one message is enough.
  const isRepeated = folder.above !== undefined && isEncrypted(folder.above.stat);
  return {
    onBroken: onBroken && ((error, path) => onBroken(error, from(path))),
    onUnsupported: onUnsupported &&
      ((error, path) => isRepeated ? undefined : onUnsupported(error, from(path))),
  };
}

function pathOf(folder: Waiting): Uint8Array {
  const names: Uint8Array[] = [];
  for (let at: Waiting | undefined = folder; at !== undefined; at = at.above) names.push(at.name);
  return names.reverse().reduce((path, name) => joinPath(path, name), new Uint8Array());
}
