/**
 * The scanned source, as later steps find it.
 * @module
 */

import type { InodeNumber } from "../ext4/numbers.ts";
import type { RecordBase } from "../ext4/record.ts";
import type { TimeColumn, Tree, TreeInode } from "../ext4/tree.ts";
import type { Problem } from "./problem.ts";

/**
 * Reads the files of a source, one after the other.
 *
 * @internal
 */
export interface FileReader {
  /** Waits, where a file cannot be opened yet. @returns a promise where it is to be waited for */
  settle?(inode: TreeInode): Promise<void> | undefined;
  /**
   * Goes on with a regular file.
   * @param number the inode of the image that it is stored under
   * @param isReadAtOnce whether the next read takes all of it, and nobody sees the bytes before
   */
  open(inode: TreeInode, number: InodeNumber, isReadAtOnce?: boolean): void;
  /** Fills `into` from a position of the file on; a promise only where it has to be waited for. */
  read(into: Uint8Array, offsetBytes: number): void | Promise<void>;
  /** The open file, where it is one of this machine. */
  readonly descriptor?: number | undefined;
  /** Ends with the file. */
  close(): void;
  /**
   * Receives the digests of all files when all were read, before the image is complete: 32 bytes for
   * each inode from number 1 on.
   * @throws where a file was not what it should have been
   */
  judge?(digests: Uint8Array): Promise<void>;
}

/**
 * What a scan saw of a regular file.
 *
 * @internal
 */
export interface ExpectedFile {
  readonly sizeBytes: number;
  /** The modification time. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** When it, its metadata included, last changed: who writes to a file may set the other time. */
  readonly ctimeSeconds: number;
  /** Negative where that is not known. */
  readonly ctimeNanoseconds: number;
}

/**
 * How a file differs from what was scanned.
 *
 * @internal
 */
export type FileChange = "not-regular" | "longer" | "written" | "touched" | "unknown";

/**
 * A way to files that are read at once: one look at each says whether it is the one that was
 * scanned, and whether it changed.
 *
 * @internal
 */
export interface FilesAtOnce {
  /** Opens a regular file, or whatever has its name by now; the caller closes the descriptor. */
  open(inode: TreeInode): number;
  /**
   * Looks at it, once it was read and before anybody sees the bytes.
   * @returns `undefined` when it is what was scanned
   */
  changeOf(
    inode: TreeInode,
    file: number,
    expected: ExpectedFile,
  ): FileChange | "replaced" | undefined;
}

/**
 * Where a folder of a source lies: the names that lead to it from an open one at the top.
 *
 * @internal
 */
export interface FolderPlace {
  /** The descriptor of the folder at the top, which stays the source's. */
  readonly top: number;
  readonly topInode: number;
  readonly folders: readonly { readonly inode: number; readonly name: Uint8Array }[];
}

/**
 * What a scan saw of a file, by which it is known again.
 *
 * @internal
 */
export interface FileIdentity {
  readonly inodeLow: number;
  /** With the number of the file system mixed in. */
  readonly inodeHigh: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtime: { readonly seconds: number; readonly nanoseconds: number };
  readonly ctime: { readonly seconds: number; readonly nanoseconds: number };
}

/**
 * Where a file of a source lies, for another thread: plain data.
 *
 * @internal
 */
export interface FilePlace {
  readonly folder: FolderPlace;
  readonly name: Uint8Array;
  /** The whole path, printable. */
  readonly path: string;
  readonly identity: FileIdentity;
}

/**
 * Other threads, which read files of a source before it is their turn.
 *
 * @internal
 */
export interface FilesAhead {
  /** Where a regular file lies; `undefined` for one that is better read when it is its turn. */
  placeOf(inode: TreeInode): FilePlace | undefined;
  /** Reads the files that are to come ahead, and the others as they come. */
  reader(parts: {
    /** Reads those that are not read ahead. */
    readonly direct: FileReader;
    placeOf(inode: TreeInode): FilePlace | undefined;
    /** What will be read, in this order. */
    readonly upcoming: Iterable<
      {
        readonly inode: TreeInode;
        readonly offsetBytes: number;
        readonly lengthBytes: number;
      }
    >;
    /** Whether a file may be read by now. */
    isSettled(inode: TreeInode): boolean;
    onProblem(problem: Problem): void;
  }): FileReader;
}

/**
 * The scanned source: its tree, and a way to its files.
 *
 * @internal It is what `scan` hands to the steps that write an image.
 */
export interface ScannedSource {
  /** Names and metadata, as columns. */
  readonly tree: Tree;
  /**
   * When each inode, its metadata included, last changed: a file with another time is reported as
   * changed. Without it, the modification time alone counts.
   */
  readonly ctime?: TimeColumn;
  /** The source path of an inode's first name, printable. */
  pathOf(inode: TreeInode): string;
  /**
   * Opens a folder of the source, never through a symbolic link. The descriptor stays the
   * source's: it is valid until the next call and is not to be closed.
   */
  folder(inode: TreeInode): number;
  /**
   * Opens a regular file for reading; the caller closes the descriptor.
   * @throws SourceError `file-replaced` where another file has its name by now.
   */
  open(inode: TreeInode): number;
  /** The same for files that are read at once. */
  readonly atOnce?: FilesAtOnce;
  /**
   * Looks where the data of a large file lies, where `scan` has left that to whoever knows which
   * files are stored; `undefined` where it has no holes. Absent where `scan` has looked.
   */
  holesOf?(inode: TreeInode, signal: AbortSignal): undefined | Promise<Float64Array | undefined>;
  /** Reads its files on other threads, where that helps. */
  readonly ahead?: FilesAhead;
  /** Reads its files instead of `open`, where they do not lie in folders of this machine. */
  readonly reader?: FileReader;
  /** The image below, where the tree is that of a layer: with marks, and only what changed. */
  readonly base?: RecordBase;
  /** SHA-256 of files that are known without being read. */
  readonly knownDigests?: ReadonlyMap<TreeInode, Uint8Array>;
  /** Whether everybody may read all of it; who may not, may not read what is made of it. */
  readonly isPublic?: boolean;
  /** Closes the folders that were kept open. */
  close(): void;
}
