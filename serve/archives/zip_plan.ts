/**
 * What a ZIP archive of a folder will hold, and how large it will be to the byte.
 *
 * Files, folders and symbolic links; a file with several names is stored with each. Devices, FIFOs
 * and sockets have no place in it, and what cannot be read is left out before a size is promised.
 * @module
 */

import type { ImageReader, Stat } from "icecore/read";
import {
  hasType,
  nameOf,
  S_IFDIR,
  S_IFLNK,
  S_IFREG,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { leaveOut } from "../../ext4/reader/leave_out.ts";
import { Breather } from "../../host/breathe.ts";
import { type ImageTree, readImageTree } from "../../image/image_tree.ts";
import { pathBelow, splitName } from "../tree/url_path.ts";
import { directoryEntryBytes, endRecords, memberBytes, type ZipMember } from "./zip_records.ts";

/** A member, and where its contents come from. */
export interface PlannedMember extends ZipMember {
  /** From the root of the image, for messages. */
  readonly path: Uint8Array;
  /** Of a file. */
  readonly inode?: Stat["inode"];
  /** Of a symbolic link: its target. */
  readonly target?: Uint8Array;
}

/** An archive that can be written. */
export interface ZipPlan {
  /** In the order in which they are stored: as the image holds its contents. */
  members(): Generator<PlannedMember>;
  readonly sizeBytes: number;
}

/** Plans the archive of a folder, below a folder of its own of the given name. */
export async function planZip(
  image: ImageReader,
  folder: Uint8Array,
  name: Uint8Array,
  signal: AbortSignal,
): Promise<ZipPlan> {
  const source = await readImageTree(image, { paths: [folder], signal });
  const top = rowOf(source.tree, folder);
  const leftOut = new Set<TreeInode>();
  const members = () => membersOf(source, { row: top, name, path: folder }, leftOut);
  const breather = new Breather(signal);
  let sizeBytes = 0;
  let directoryBytes = 0;
  let count = 0;
  for (const member of members()) {
    if (breather.due) await breather.pause();
    if (needsLook(source, member) && !await isSound(image, member)) {
      leftOut.add(member.row);
      continue;
    }
    directoryBytes += directoryEntryBytes(member, sizeBytes);
    sizeBytes += memberBytes(member);
    count++;
  }
  return {
    members,
    sizeBytes: sizeBytes + directoryBytes + endRecords(count, directoryBytes, sizeBytes).length,
  };
}

/** What lies in one piece has no map that could be broken. */
function needsLook(
  { contentsAtOf }: ImageTree,
  { inode, row, sizeBytes }: PlannedMember & { readonly row: TreeInode },
): boolean {
  return inode !== undefined && sizeBytes > 0 && contentsAtOf(row) === 0;
}

/** Whether all blocks of a file can be found; what is broken is reported and left out. */
async function isSound(image: ImageReader, { inode, path }: PlannedMember): Promise<boolean> {
  try {
    const file = await image.openFile(inode!);
    for await (const _ of file.dataRanges());
    return true;
  } catch (error) {
    leaveOut(error, image, () => path);
    return false;
  }
}

interface Row {
  readonly row: TreeInode;
  readonly name: Uint8Array;
  readonly path: Uint8Array;
}

function* membersOf(
  source: ImageTree,
  top: Row,
  leftOut: ReadonlySet<TreeInode>,
): Generator<PlannedMember & { readonly row: TreeInode }> {
  const { tree } = source;
  const stack = [top];
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    yield { ...memberOf(source, folder), row: folder.row };
    const below: Row[] = [];
    for (const child of childrenOf(tree, folder)) {
      if (hasType(tree, child.row, S_IFDIR)) below.push(child);
      else if (!leftOut.has(child.row) && isStored(tree, child.row)) {
        yield { ...memberOf(source, child), row: child.row };
      }
    }
    stack.push(...below.reverse());
  }
}

function isStored(tree: Tree, row: TreeInode): boolean {
  return hasType(tree, row, S_IFREG) || hasType(tree, row, S_IFLNK);
}

function memberOf({ tree, inodeOf }: ImageTree, { row, name, path }: Row): PlannedMember {
  const isFolder = hasType(tree, row, S_IFDIR);
  const target = hasType(tree, row, S_IFLNK) ? targetOf(tree, row) : undefined;
  const harmless = name.map((byte) => byte === BACKSLASH ? UNDERSCORE : byte);
  return {
    name: isFolder ? Uint8Array.from([...harmless, SLASH]) : harmless,
    isUtf8: isUtf8(harmless),
    mode: tree.mode[row]!,
    mtimeSeconds: tree.mtime.seconds[row]!,
    path,
    sizeBytes: target?.length ?? (isFolder ? 0 : tree.sizeBytes[row]!),
    ...(target === undefined ? {} : { target }),
    ...(isFolder || target !== undefined ? {} : { inode: inodeOf(row) }),
  };
}

/** Windows takes it for a slash: a name could lead out of the folder that is unpacked to. */
const BACKSLASH = 0x5c;
const UNDERSCORE = 0x5f;
const SLASH = 0x2f;
const decoder = new TextDecoder("utf-8", { fatal: true });

function isUtf8(name: Uint8Array): boolean {
  try {
    decoder.decode(name);
    return true;
  } catch {
    return false;
  }
}

function* childrenOf(tree: Tree, { row, name, path }: Row): Generator<Row> {
  const first = tree.payload[row]!;
  for (let entry = first; entry < first + tree.countChildren[row]!; entry++) {
    const own = nameOf(tree, entry as TreeEntry);
    yield {
      row: tree.entryInode[entry]! as TreeInode,
      name: pathBelow(name, own),
      path: pathBelow(path, own),
    };
  }
}

/** The row of a folder: on the way to it each has one child. */
function rowOf(tree: Tree, folder: Uint8Array): TreeInode {
  let row = 0 as TreeInode;
  for (let rest = folder; rest.length > 0; rest = splitName(rest).folder) {
    row = tree.entryInode[tree.payload[row]!]! as TreeInode;
  }
  return row;
}
