/**
 * A scanned source: its tree, and a way to its files.
 * @module
 */

import {
  hasType,
  nameOf,
  NO_ENTRY,
  parentOf,
  S_IFREG,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../ext4/tree.ts";
import { Breather } from "../host/breathe.ts";
import { SystemError } from "../host/libc/errno.ts";
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
import type { FilePlace, FolderPlace } from "../pipeline/scanned_source.ts";
import type { ScannedSource } from "../pipeline/step.ts";
import { dataRangesOf } from "./data_ranges.ts";
import { changeIn } from "./file_change.ts";
import { FolderCache } from "./folder_cache.ts";
import { SMALL_FILE_BYTES } from "./inode_reader.ts";
import { isPublicSource } from "./public_source.ts";
import { FilesReadAhead } from "./reading/files_read_ahead.ts";
import { isRegular, requireSameFile } from "./same_file.ts";
import type { Walked } from "./walked.ts";

/** Makes the source that later steps read from. */
export function scannedSource(
  { builder, tops, identities, ahead }: Walked,
  { likelyHoles = false }: { readonly likelyHoles?: boolean } = {},
): ScannedSource {
  const tree = builder.tree();
  const nameOfInode = (inode: TreeInode) => nameOf(tree, tree.nameEntry[inode]! as TreeEntry);
  const folders = new FolderCache({
    top: (folder) => tops.get(folder)?.fd,
    parentOf: (folder) => parentOf(tree, folder),
    nameOf: nameOfInode,
  });
  const pathOf = (inode: TreeInode) => printable(pathBytes(tree, tops, inode));
  const status = new StatusBuffer();
  let last: { readonly parent: TreeInode; readonly folder: FolderPlace } | undefined;
  const placeOf = (inode: TreeInode): FilePlace | undefined => {
    const parent = parentOf(tree, inode);
    if (!ahead.folders.has(parent)) return undefined;
    // Files are asked for folder by folder.
    if (last?.parent !== parent) last = { parent, folder: folderPlace(tree, tops, parent) };
    const identity = identities.of(inode, tree);
    return { folder: last.folder, name: nameOfInode(inode).slice(), path: pathOf(inode), identity };
  };
  const openUnseen = (inode: TreeInode): Descriptor => {
    const folder = folders.get(parentOf(tree, inode));
    // Without O_NONBLOCK, a FIFO put in the file's place would block for ever.
    return openAt(folder, nameOfInode(inode), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  };
  const source: ScannedSource = {
    tree,
    ctime: identities.ctime,
    pathOf,
    folder: (inode) => folders.get(inode),
    open(inode): Descriptor {
      const file = openUnseen(inode);
      try {
        const isSame = () => identities.isSame(inode, status, tree);
        requireSameFile(file, isSame, status, () => pathOf(inode));
        return file;
      } catch (error) {
        closeRead(file);
        throw error;
      }
    },
    atOnce: {
      open: openUnseen,
      changeOf(inode, file, expected) {
        statusOfOpen(file as Descriptor, status);
        const isSame = identities.isSame(inode, status, tree) || !isRegular(status);
        return isSame ? changeIn(status, expected) : "replaced";
      },
    },
    ...(ahead.threads === undefined ? {} : {
      ahead: {
        placeOf: (inode) => placeOf(inode),
        reader: (parts) => new FilesReadAhead(ahead.threads!, parts),
      },
    }),
    close() {
      ahead.close();
      folders.close();
      tops.close();
    },
    isPublic: isPublicSource(tree, tops.paths),
  };
  return likelyHoles
    ? { ...source, holesOf: (inode, signal) => holesOf(source, inode, signal) }
    : source;
}

function holesOf(
  source: ScannedSource,
  inode: TreeInode,
  signal: AbortSignal,
): undefined | Promise<Float64Array | undefined> {
  const isLarge = source.tree.sizeBytes[inode]! > SMALL_FILE_BYTES;
  return isLarge && hasType(source.tree, inode, S_IFREG)
    ? lookForHoles(source, inode, signal)
    : undefined;
}

/** A file that cannot be opened now is taken for one without holes; reading it will show. */
async function lookForHoles(
  { tree, open }: ScannedSource,
  inode: TreeInode,
  signal: AbortSignal,
): Promise<Float64Array | undefined> {
  let file: Descriptor;
  try {
    file = open(inode) as Descriptor;
  } catch (error) {
    if (error instanceof SystemError || error instanceof SourceError) return undefined;
    throw error;
  }
  try {
    return await dataRangesOf(file, tree.sizeBytes[inode]!, new Breather(signal));
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  } finally {
    closeRead(file);
  }
}

function folderPlace(tree: Tree, tops: Walked["tops"], folder: TreeInode): FolderPlace {
  const folders: { inode: TreeInode; name: Uint8Array }[] = [];
  for (let inode = folder;; inode = parentOf(tree, inode)) {
    const top = tops.get(inode);
    if (top !== undefined) return { top: top.fd, topInode: inode, folders: folders.reverse() };
    // A view would be posted with all names of the tree.
    folders.push({ inode, name: nameOf(tree, tree.nameEntry[inode]! as TreeEntry).slice() });
  }
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
