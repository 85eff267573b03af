/**
 * A name of a tree as a member of an archive.
 * @module
 */

import {
  NO_ENTRY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { joinBytes } from "../../host/libc/paths.ts";
import { pathBytesOf } from "../tree_path.ts";
import { attributeRecords } from "./attributes.ts";
import { type Member, TYPE } from "./header.ts";

const TYPES: Readonly<Record<number, Member["type"]>> = {
  [S_IFREG]: TYPE.file,
  [S_IFDIR]: TYPE.folder,
  [S_IFLNK]: TYPE.symlink,
  [S_IFCHR]: TYPE.characterDevice,
  [S_IFBLK]: TYPE.blockDevice,
  [S_IFIFO]: TYPE.fifo,
};
const DOT = new TextEncoder().encode(".");
const NOTHING = new Uint8Array();

/**
 * The member, its size still zero; a further name of an inode becomes a link to its first.
 *
 * @param path From the root, without a slash at the beginning.
 * @param cutBytes Bytes at the beginning of all paths that the archive does not have.
 * @returns `undefined` for what no archive can hold: a socket.
 */
export function memberOf(
  tree: Tree,
  entry: TreeEntry,
  row: TreeInode,
  path: Uint8Array,
  cutBytes = 0,
): Member | undefined {
  const kind = tree.mode[row]! & S_IFMT;
  const type = TYPES[kind];
  if (type === undefined) return undefined;
  const { seconds, nanoseconds } = tree.mtime;
  const name = path.subarray(cutBytes);
  const common = {
    name: kind === S_IFDIR ? joinBytes(name.length === 0 ? DOT : name, NOTHING) : name,
    mode: tree.mode[row]!,
    uid: tree.uid[row]!,
    gid: tree.gid[row]!,
    sizeBytes: 0,
    mtime: { seconds: seconds[row]!, nanoseconds: nanoseconds[row]! },
  };
  // A further name repeats neither contents nor attributes.
  if (entry !== NO_ENTRY && tree.nameEntry[row] !== entry) {
    return { ...common, type: TYPE.link, linkName: pathBytesOf(tree, row).subarray(cutBytes) };
  }
  const device = tree.devices.get(row);
  return {
    ...common,
    type,
    records: attributeRecords(tree.xattrSets[tree.xattrSet[row]!]!),
    ...(device === undefined ? {} : { device }),
    ...(kind === S_IFLNK ? { linkName: targetOf(tree, row) } : {}),
  };
}
