/**
 * How a source differs from its base.
 * @module
 */

import type { PlanNote } from "../../ext4/plan_image.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { TreeEntry, TreeInode } from "../../ext4/tree.ts";
import type { BaseEntry } from "./base_image.ts";

/** What became of an inode of the source. */
export const CHANGE = {
  /** The base shows it as it is. */
  none: 0,
  /** The base has nothing under its name. */
  new: 1,
  /** The base has something else there. */
  contents: 2,
  /** Mode, owner or attributes alone are others. */
  metadata: 3,
  /** Another set of names leads to it. */
  links: 4,
} as const;

/** The differences. Rows are those of the scanned tree. */
export interface Changes {
  /** One of {@linkcode CHANGE} an inode. */
  readonly change: Uint8Array;
  /** What the base has in a folder that the source has as well, and the source has not; by name. */
  readonly gone: ReadonlyMap<TreeInode, readonly BaseEntry[]>;
  /** Folders of the base that are gone or replaced, at the top of what is gone. */
  readonly goneFolders: readonly GoneFolder[];
  /** Folders of the source where the base has something that is not a folder. */
  readonly covering: ReadonlySet<TreeInode>;
  /** `lost+found` at the root of the base, where the source has none and something lies in it. */
  readonly emptied: GoneFolder | undefined;
  /** Whether a layer can hold a name of the source. */
  isStored(entry: TreeEntry): boolean;
  /** Whether it can hold what is under one. */
  isRowStored(row: TreeInode): boolean;
  /** Names of the source that no image can hold. */
  readonly notes: readonly PlanNote[];
}

/** A folder of the base that is gone, with all below it. */
export interface GoneFolder {
  readonly stat: Stat;
  /** The folder of the source that it lay in. */
  readonly parent: TreeInode;
  readonly name: Uint8Array;
  /** What lies directly in it; known once it was walked. */
  entries: readonly BaseEntry[];
  /** Below it, folders not counted. */
  countFiles: number;
  sizeBytes: number;
}
