/**
 * A name of a folder with what pages say of it, and the kinds as they stand in columns.
 * @module
 */

import type { Stat } from "icecore/read";

/** One name of a folder. */
export interface ListedEntry {
  readonly name: Uint8Array;
  readonly kind: Stat["kind"];
  readonly inode: Stat["inode"];
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
}

/** Each by its number; 0 is a folder. */
export const KINDS: readonly Stat["kind"][] = [
  "folder",
  "file",
  "symlink",
  "character-device",
  "block-device",
  "fifo",
  "socket",
];
