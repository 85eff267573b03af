/**
 * The scanned source, as later steps find it.
 * @module
 */

import type { TimeColumn, Tree, TreeInode } from "../ext4/tree.ts";

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
  /** SHA-256 of files that are known without being read. */
  readonly knownDigests?: ReadonlyMap<TreeInode, Uint8Array>;
  /** Whether everybody may read all of it; who may not, may not read what is made of it. */
  readonly isPublic?: boolean;
  /** Closes the folders that were kept open. */
  close(): void;
}
