/**
 * What threads that read a source are asked, and what they answer: plain data that can be posted.
 * @module
 */

import type { NewInode } from "../../ext4/tree_builder.ts";
import type { Problem } from "../../pipeline/problem.ts";
import type { FilePlace, FolderPlace } from "../../pipeline/scanned_source.ts";

/** An error that was thrown on another thread. */
export type PostedError =
  | {
    readonly kind: "system";
    readonly call: string;
    readonly errno: number;
    readonly path?: string;
  }
  | { readonly kind: "changed" }
  | { readonly kind: "environment"; readonly message: string; readonly code: string }
  | { readonly kind: "other"; readonly message: string };

/** What holds for all names: posted once. */
export interface ReadingTask {
  readonly kind: "begin";
  readonly allTimes: boolean;
  /** Whether only files that must have holes are searched for them. */
  readonly likelyHoles?: boolean | undefined;
  /** Globs of names that nobody may touch. */
  readonly exclude: readonly string[];
}

/** Names of one folder are to be looked at. */
export interface LookTask {
  readonly kind: "look";
  readonly folder: FolderPlace;
  /** Path of the folder within its source, for globs. */
  readonly path: Uint8Array;
  /** The names, each with its NUL; absent: the folder is to be listed, and the first looked at. */
  readonly names?: Uint8Array;
}

/** What was seen of one name. */
export interface LookedName {
  /** The bytes of its status; absent where that could not be read. */
  readonly status?: Uint8Array;
  /** What is known of the inode; absent for a name that is left out. */
  readonly found?: NewInode;
  /** Attributes that could not be read. */
  readonly unread?: readonly { readonly error: PostedError; readonly name?: Uint8Array }[];
  readonly error?: PostedError;
  /** Without a status: whether it opens as a folder. */
  readonly opensAsFolder?: boolean;
}

/** The answer to a {@linkcode LookTask}. */
export interface LookResult {
  /** All names of a folder that was to be listed, ordered, each with its NUL. */
  readonly names?: Uint8Array;
  /** Why it could not be listed to its end. */
  readonly listError?: PostedError;
  /** Of the first names, or of those that were given, in order. */
  readonly looked: readonly LookedName[];
}

/** Pieces of files are to be read, in order. */
export interface ReadTask {
  readonly kind: "read";
  readonly pieces: readonly {
    /** Of a file that is to be opened first; absent: of the one before, which is still open. */
    readonly place?: FilePlace;
    readonly offsetBytes: number;
    readonly lengthBytes: number;
    /** Whether the file is to be closed afterwards. */
    readonly closes: boolean;
  }[];
  /** Memory for the bytes; absent: to be made. */
  readonly into?: ArrayBuffer;
}

/** The answer to a {@linkcode ReadTask}. */
export interface ReadResult {
  /** The pieces back to back. */
  readonly bytes: ArrayBuffer;
  /** What was found wrong, by piece. */
  readonly problems: readonly (readonly Problem[])[];
}

/** All tasks. */
export type Task = LookTask | ReadTask;

/** What a thread posts. */
export type Answer =
  | { readonly kind: "done"; readonly result: LookResult | ReadResult; readonly ms: number }
  | { readonly kind: "failed"; readonly error: PostedError };

/** Bytes of one task at most, and memory of its answer. */
export const TASK_BYTES = 512 * 1024;
/** So many names are looked at by one task. */
export const NAMES_A_TASK = 16;
