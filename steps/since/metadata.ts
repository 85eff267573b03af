/**
 * Whether an inode of the source is what the base has under its name, as far as its metadata say.
 * @module
 */

import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { clampSeconds } from "../../ext4/times.ts";
import { S_IFMT, S_IFREG, type TimeColumn, type Tree, type TreeInode } from "../../ext4/tree.ts";

/** What differs: what the inode holds, as far as can be seen, or only what is said of it. */
export type MetadataChange = "contents" | "metadata";

/** Times that are compared besides that of modification. */
export interface ComparedTimes {
  readonly ctime?: TimeColumn | undefined;
  readonly crtime?: TimeColumn | undefined;
}

/** Looks at type, size, times, device, mode and owner. @returns `undefined` where all are the same */
export function metadataChange(
  tree: Tree,
  row: TreeInode,
  stat: Stat,
  { ctime, crtime }: ComparedTimes,
): MetadataChange | undefined {
  const mode = tree.mode[row]!;
  const type = mode & S_IFMT;
  if (type !== (stat.mode & S_IFMT)) return "contents";
  if (type === S_IFREG && tree.sizeBytes[row] !== stat.sizeBytes) return "contents";
  if (!isSameTime(tree.mtime, row, stat.mtime)) return "contents";
  const device = tree.devices.get(row);
  if (device?.major !== stat.device?.major || device?.minor !== stat.device?.minor) {
    return "contents";
  }
  if (mode !== stat.mode) return "metadata";
  if (tree.uid[row] !== stat.uid || tree.gid[row] !== stat.gid) return "metadata";
  if (ctime !== undefined && !isSameTime(ctime, row, stat.ctime)) return "contents";
  if (crtime === undefined || stat.crtime === undefined) return undefined;
  return isSameTime(crtime, row, stat.crtime) ? undefined : "contents";
}

/** A time that no inode can hold is stored as the nearest that it can. */
function isSameTime(
  { seconds, nanoseconds }: TimeColumn,
  row: TreeInode,
  time: Stat["mtime"],
): boolean {
  return clampSeconds(seconds[row]!) === time.seconds && nanoseconds[row] === time.nanoseconds;
}
