/**
 * What of a tree could not be stored as it is. Nothing is left away in silence.
 * @module
 */

import type { TreeEntry, TreeInode } from "../tree.ts";

/** Why a name is not in the image. */
export type NameRefusal =
  | "empty"
  | "dot"
  | "slash"
  | "nul"
  | "duplicate"
  | "folder-named-twice"
  | "lost+found-no-folder"
  | "unknown-type"
  | "bad-target"
  /** Larger than ext4 can hold with any block size. */
  | "file-too-large";

/** Why an attribute is not in the image. */
export type XattrRefusal = "unknown-prefix" | "name-too-long" | "bad-acl" | "no-space";

/** One thing that is not stored as it is, with the row of the tree that has its path. */
export type PlanNote =
  /** Sockets have no contents and mean nothing without their process. */
  | { readonly kind: "socket-skipped"; readonly entry: TreeEntry }
  | { readonly kind: "name-refused"; readonly entry: TreeEntry; readonly why: NameRefusal }
  /** More names than an inode can have: the contents are stored `countCopies` times in all. */
  | {
    readonly kind: "links-split";
    readonly inode: TreeInode;
    readonly countLinks: number;
    readonly countCopies: number;
  }
  /** A time before 1901 or after 2446. */
  | { readonly kind: "time-clamped"; readonly inode: TreeInode }
  | {
    readonly kind: "xattr-refused";
    /** The first inode of those that have it. */
    readonly inode: TreeInode;
    readonly countInodes: number;
    readonly name: Uint8Array;
    readonly why: XattrRefusal;
  };
