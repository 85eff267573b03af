/**
 * A scanned source: its tree, and a way to its files.
 * @module
 */

import {
  nameOf,
  NO_ENTRY,
  parentOf,
  S_IFMT,
  S_IFREG,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../ext4/tree.ts";
import {
  closeRead,
  type Descriptor,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
} from "../host/libc/files.ts";
import { joinBytes, printable } from "../host/libc/paths.ts";
import { StatusBuffer, statusOfOpen } from "../host/libc/status.ts";
import { SourceError } from "../pipeline/build_errors.ts";
import { folderOf } from "../pipeline/source_path.ts";
import type { ScannedSource } from "../pipeline/step.ts";
import { FolderCache } from "./folder_cache.ts";
import { isPublicSource } from "./public_source.ts";
import type { Walked } from "./walk.ts";

/** Another file has the name of one that was scanned. */
export class ReplacedFileError extends SourceError {
  constructor(path: string) {
    const why = "another file has taken its place since it was scanned";
    super(`cannot read ${path}: ${why}. Build again when the source is at rest.`, "file-replaced");
  }
}

/** Makes the source that later steps read from. */
export function scannedSource({ builder, tops, identities }: Walked): ScannedSource {
  const tree = builder.tree();
  const nameOfInode = (inode: TreeInode) => nameOf(tree, tree.nameEntry[inode]! as TreeEntry);
  const folders = new FolderCache({
    top: (folder) => tops.get(folder)?.fd,
    parentOf: (folder) => parentOf(tree, folder),
    nameOf: nameOfInode,
  });
  const pathOf = (inode: TreeInode) => printable(pathBytes(tree, tops, inode));
  const status = new StatusBuffer();
  return {
    tree,
    ctime: identities.ctime,
    pathOf,
    folder: (inode) => folders.get(inode),
    open(inode): Descriptor {
      const folder = folders.get(parentOf(tree, inode));
      // Without O_NONBLOCK, a FIFO put in the file's place would block for ever.
      const file = openAt(folder, nameOfInode(inode), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      try {
        statusOfOpen(file, status);
        // What is not a regular file is found by reading it.
        const isOther = (status.mode & S_IFMT) === S_IFREG &&
          !identities.isSame(inode, status, tree);
        if (isOther) throw new ReplacedFileError(pathOf(inode));
        return file;
      } catch (error) {
        closeRead(file);
        throw error;
      }
    },
    close() {
      folders.close();
      tops.close();
    },
    isPublic: isPublicSource(tree, tops.paths),
  };
}

function pathBytes(
  tree: Tree,
  tops: Walked["tops"],
  inode: TreeInode,
): Uint8Array {
  const top = tops.get(inode);
  if (top !== undefined) return new TextEncoder().encode(folderOf(top.path));
  if (tree.nameEntry[inode] === NO_ENTRY) return new TextEncoder().encode("/");
  const parent = pathBytes(tree, tops, parentOf(tree, inode));
  return joinBytes(parent, nameOf(tree, tree.nameEntry[inode]! as TreeEntry));
}
