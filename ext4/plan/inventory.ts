/**
 * Which inodes and names of a tree are stored, under which inode numbers, with how many links.
 *
 * None of it depends on the block size.
 * @module
 */

import { PlanError } from "../image_errors.ts";
import { FIRST_INODE, ROOT_INODE } from "../numbers.ts";
import { dirEntrySizeBytes } from "../structs/directory.ts";
import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  type Tree,
  type TreeEntry,
} from "../tree.ts";
import { type LinkSplits, splitLinks } from "./link_splits.ts";
import { isLostAndFound, LOST_AND_FOUND, refusalOfName } from "./names.ts";
import type { NameRefusal, PlanNote } from "./report.ts";

/** Most bytes of one file, in the largest blocks. */
const FILE_MAX_BYTES = 0xffff_ffff * 4096;

/** The stored part of a tree. Columns have one row an inode of the tree. */
export interface Inventory {
  /** Inode number; 0: not stored. */
  readonly numberOf: Uint32Array;
  /** Names of the first copy (at most 65,000); for a folder 2 and its subfolders. */
  readonly countLinks: Uint32Array;
  /** Folders: bytes that the entries take, `.` and `..` not counted. */
  readonly entriesSizeBytes: Uint32Array;
  /** Names that are not stored though their inode may be. */
  readonly refused: ReadonlySet<number>;
  /** Whether the root needs a `lost+found` that is not in the tree. */
  readonly addsLostAndFound: boolean;
  readonly splits: LinkSplits;
  /** The highest inode number in use. */
  readonly lastNumber: number;
}

/**
 * Walks a tree from its root.
 * @param notes what could not be stored is added here
 * @throws PlanError `bad-tree` when row 0 is not a folder
 */
export function takeInventory(tree: Tree, notes: PlanNote[]): Inventory {
  if (tree.countInodes < 1 || (tree.mode[0]! & S_IFMT) !== S_IFDIR) {
    throw new PlanError("bad-tree", "cannot plan the image: row 0 of the tree is not a folder.");
  }
  const countLinks = new Uint32Array(tree.countInodes);
  const entriesSizeBytes = new Uint32Array(tree.countInodes);
  const refused = new Set<number>();
  let lostAndFound = -1;

  const refuse = (entry: number, why: NameRefusal) => {
    refused.add(entry);
    notes.push({ kind: "name-refused", entry: entry as TreeEntry, why });
  };

  countLinks[0] = 2;
  const folders = [0];
  for (let at = 0; at < folders.length; at++) {
    const folder = folders[at]!;
    const first = tree.payload[folder]!;
    const end = first + tree.countChildren[folder]!;
    let sizeBytes = 0;
    for (let entry = first; entry < end; entry++) {
      const inode = tree.entryInode[entry]!;
      const type = tree.mode[inode]! & S_IFMT;
      if (type === S_IFSOCK) {
        notes.push({ kind: "socket-skipped", entry: entry as TreeEntry });
        continue;
      }
      let why = refusalOfName(tree, entry, entry > first ? entry - 1 : -1);
      why ??= refusalOfInode(tree, entry, inode, type);
      if (folder === 0 && why === undefined && isLostAndFound(tree, entry)) {
        if (type === S_IFDIR) lostAndFound = inode;
        else why = "lost+found-no-folder";
      }
      if (why !== undefined) {
        refuse(entry, why);
        continue;
      }
      sizeBytes += dirEntrySizeBytes(tree.nameLength[entry]!);
      if (type === S_IFDIR) {
        countLinks[folder]!++;
        countLinks[inode] = 2;
        folders.push(inode);
      } else {
        countLinks[inode]!++;
      }
    }
    entriesSizeBytes[folder] = sizeBytes;
  }
  if (lostAndFound === -1) {
    entriesSizeBytes[0]! += dirEntrySizeBytes(LOST_AND_FOUND.length);
    countLinks[0]!++;
  }

  const numberOf = numberInodes(tree, countLinks, lostAndFound);
  const splits = splitLinks(tree, numberOf.column, refused, countLinks, numberOf.last + 1, notes);
  return {
    numberOf: numberOf.column,
    countLinks,
    entriesSizeBytes,
    refused,
    addsLostAndFound: lostAndFound === -1,
    splits,
    lastNumber: numberOf.last + splits.copies.length,
  };
}

/** The root is 2 and `lost+found` 11; all others follow in the order of the tree. */
function numberInodes(
  tree: Tree,
  countLinks: Uint32Array,
  lostAndFound: number,
): { column: Uint32Array; last: number } {
  const column = new Uint32Array(tree.countInodes);
  let last: number = FIRST_INODE;
  column[0] = ROOT_INODE;
  for (let inode = 1; inode < tree.countInodes; inode++) {
    if (countLinks[inode] === 0) continue;
    column[inode] = inode === lostAndFound ? FIRST_INODE : ++last;
  }
  return { column, last };
}

function refusalOfInode(
  tree: Tree,
  entry: number,
  inode: number,
  type: number,
): NameRefusal | undefined {
  switch (type) {
    case S_IFREG:
      return tree.sizeBytes[inode]! > FILE_MAX_BYTES ? "file-too-large" : undefined;
    case S_IFIFO:
    case S_IFCHR:
    case S_IFBLK:
      return undefined;
    case S_IFDIR:
      return tree.nameEntry[inode] === entry ? undefined : "folder-named-twice";
    case S_IFLNK:
      return isGoodTarget(tree, inode) ? undefined : "bad-target";
    default:
      return "unknown-type";
  }
}

/** Linux makes no other targets, and e2fsck takes them for damage. */
function isGoodTarget(tree: Tree, inode: number): boolean {
  const start = tree.payload[inode]!;
  const end = start + tree.sizeBytes[inode]!;
  return end > start && !tree.bytes.subarray(start, end).includes(0);
}
