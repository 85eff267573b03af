/**
 * A scanned source: its tree, and a way to its files.
 * @module
 */

import {
  nameOf,
  NO_ENTRY,
  parentOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import {
  type Descriptor,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
} from "../../host/libc/files.ts";
import { joinBytes, printable } from "../../host/libc/paths.ts";
import { folderOf } from "../../pipeline/source_path.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { FolderCache } from "./folder_cache.ts";
import { isPublicSource } from "./public_source.ts";
import type { Walked } from "./walk.ts";

/** Makes the source that later steps read from. */
export function scannedSource({ builder, topPaths }: Walked): ScannedSource {
  const tree = builder.tree();
  const nameOfInode = (inode: TreeInode) => nameOf(tree, tree.nameEntry[inode]! as TreeEntry);
  const folders = new FolderCache({
    topPath: (folder) => topPaths.get(folder),
    parentOf: (folder) => parentOf(tree, folder),
    nameOf: nameOfInode,
  });
  return {
    tree,
    pathOf: (inode) => printable(pathBytes(tree, topPaths, inode)),
    folder: (inode) => folders.get(inode),
    open(inode): Descriptor {
      const folder = folders.get(parentOf(tree, inode));
      // Without O_NONBLOCK, a FIFO put in the file's place would block for ever.
      return openAt(folder, nameOfInode(inode), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    },
    isPublic: isPublicSource(tree, topPaths.values()),
    close: () => folders.close(),
  };
}

function pathBytes(
  tree: Tree,
  topPaths: ReadonlyMap<TreeInode, string>,
  inode: TreeInode,
): Uint8Array {
  const top = topPaths.get(inode);
  if (top !== undefined) return new TextEncoder().encode(folderOf(top));
  if (tree.nameEntry[inode] === NO_ENTRY) return new TextEncoder().encode("/");
  const parent = pathBytes(tree, topPaths, parentOf(tree, inode));
  return joinBytes(parent, nameOf(tree, tree.nameEntry[inode]! as TreeEntry));
}
