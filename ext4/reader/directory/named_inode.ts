/**
 * The inode behind an entry of a folder, checked against what the entry says of it.
 * @module
 */

import { type InodeNumber, ROOT_INODE } from "../../numbers.ts";
import { FILE_TYPE, fileTypeOfMode } from "../../structs/directory.ts";
import { corrupt } from "../corrupt.ts";
import { hasFlag, type Inode } from "../inode/inode.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import type { RawEntry } from "./raw_entry.ts";

/** What an entry says of the inode that it names. */
type Naming = Pick<RawEntry, "inode" | "fileType">;

/**
 * The inode that an entry names.
 * @throws CorruptImageError when no entry can name it: reserved, unused, of another type
 */
export function* loadNamed(volume: Volume, folder: InodeNumber, entry: Naming): Reading<Inode> {
  return peekNamed(volume, folder, entry) ??
    requireNamed(folder, entry, yield* volume.inodes.load(entry.inode));
}

/** The same where it can be read without waiting: of most of many neighbours. */
export function peekNamed(volume: Volume, folder: InodeNumber, entry: Naming): Inode | undefined {
  const standIn = volume.inodes.standIn(entry.inode);
  if (standIn !== undefined && entry.inode !== ROOT_INODE) return standIn;
  if (entry.inode === ROOT_INODE || entry.inode < volume.geometry.firstInode) {
    throw corrupt(
      "directory-entry",
      "ext4_dir_entry_2",
      "it names an inode that can have no name",
      { inode: folder, refersTo: entry.inode },
    );
  }
  const inode = volume.inodes.peek(entry.inode);
  return inode && requireNamed(folder, entry, inode);
}

function requireNamed(folder: InodeNumber, entry: Naming, inode: Inode): Inode {
  const fileType = fileTypeOfMode(inode.mode);
  if (entry.fileType !== FILE_TYPE.unknown && entry.fileType !== fileType) {
    throw corrupt("directory-entry", "ext4_dir_entry_2", "it gives another type than the inode", {
      inode: folder,
      refersTo: entry.inode,
      file_type: entry.fileType,
      expected: fileType,
    });
  }
  if (hasFlag(inode, "ea_inode")) {
    throw corrupt(
      "directory-entry",
      "ext4_dir_entry_2",
      "it names the value of an attribute",
      { inode: folder, refersTo: entry.inode },
    );
  }
  return inode;
}
