/**
 * One block of a folder, verified: its checksum, then each entry.
 *
 * Source: kernel fs/ext4/dir.c `__ext4_check_dir_entry`, fs/ext4/namei.c `__ext4_read_dirblock`.
 * @module
 */

import { directoryChecksum, indexChecksum } from "../../checksums.ts";
import type { FileBlock, InodeNumber } from "../../numbers.ts";
import {
  DIR_ENTRY,
  DIR_ENTRY_TAIL,
  DIR_TAIL_FILE_TYPE,
  dirEntrySizeBytes,
  FILE_TYPE,
} from "../../structs/directory.ts";
import { DX_COUNT_LIMIT, DX_ENTRY, DX_NODE, DX_ROOT, DX_TAIL } from "../../structs/htree.ts";
import { badChecksum, corrupt } from "../corrupt.ts";
import { hasFlag, type Inode } from "../inode/inode.ts";
import type { Geometry } from "../layout/geometry.ts";
import { u16At, u32At } from "../little_endian.ts";

const STRUCTURE = "ext4_dir_entry_2";
const SLASH = 0x2f;
const DOT = 0x2e;

/** Called for each entry in use; the name is `bytes[nameAt, nameAt + nameLength)`. */
export type VisitEntry = (
  bytes: Uint8Array,
  nameAt: number,
  nameLength: number,
  inode: InodeNumber,
  fileType: number,
) => void;

/** What a block of a folder holds. */
export type DirectoryBlockKind = "leaf" | "index-root" | "index-node";

/**
 * Verifies the checksum of a block.
 * @param fileBlock its place within the folder
 * @returns its kind
 * @throws CorruptImageError when the checksum, or the place for it, is wrong
 */
export function verifyDirectoryBlock(
  geometry: Geometry,
  folder: Inode,
  fileBlock: FileBlock,
  bytes: Uint8Array,
): DirectoryBlockKind {
  const kind = kindOf(folder, fileBlock, bytes);
  if (!geometry.metadataChecksums) return kind;
  const fields = { inode: folder.number, fileBlock };
  if (kind === "leaf") {
    const tail = bytes.length - DIR_ENTRY_TAIL.sizeBytes;
    const raw = DIR_ENTRY_TAIL.decode(bytes, tail);
    if (
      raw.det_reserved_zero1 !== 0 || raw.det_rec_len !== DIR_ENTRY_TAIL.sizeBytes ||
      raw.det_reserved_zero2 !== 0 || raw.det_reserved_ft !== DIR_TAIL_FILE_TYPE
    ) {
      throw corrupt("directory-tail", "ext4_dir_entry_tail", "there is no checksum", fields);
    }
    const computed = directoryChecksum(folder.seed, bytes, 0, bytes.length);
    if (raw.det_checksum !== computed) {
      const stored = raw.det_checksum;
      throw badChecksum("directory-checksum", "ext4_dir_entry_tail", stored, computed, fields);
    }
    return kind;
  }
  const entriesAt = indexEntriesOffset(kind);
  const limit = u16At(bytes, entriesAt + DX_COUNT_LIMIT.offsets.limit);
  const count = u16At(bytes, entriesAt + DX_COUNT_LIMIT.offsets.count);
  const tail = entriesAt + limit * DX_ENTRY.sizeBytes;
  if (count > limit || tail + DX_TAIL.sizeBytes > bytes.length) {
    throw corrupt("index-limit", "dx_countlimit", "limit or count is out of range", {
      ...fields,
      limit,
      count,
    });
  }
  const stored = u32At(bytes, tail + DX_TAIL.offsets.dt_checksum);
  const computed = indexChecksum(folder.seed, bytes, 0, entriesAt, limit, count);
  if (stored !== computed) {
    throw badChecksum("index-checksum", "dx_tail", stored, computed, fields);
  }
  return kind;
}

/** Where the index entries of an index block begin. */
function indexEntriesOffset(kind: DirectoryBlockKind): number {
  return kind === "index-root" ? DX_ROOT.sizeBytes : DX_NODE.sizeBytes;
}

/** What an area of entries is, for {@link scanEntries}. */
export interface EntryArea {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Whether the area begins with `.` and `..`. */
  readonly hasDots: boolean;
  /** Whether names are encrypted, and so may have any bytes. */
  readonly isEncrypted: boolean;
  readonly folder: InodeNumber;
  /** For messages. */
  readonly fileBlock: FileBlock;
}

/**
 * Visits the entries of an area in their order; `.` and `..` included.
 * @throws CorruptImageError when one overruns the area, or has a name or inode that cannot be
 */
export function scanEntries(geometry: Geometry, area: EntryArea, visit: VisitEntry): void {
  const { bytes, start, end, folder } = area;
  const bad = (why: string, at: number, fields = {}) =>
    corrupt("directory-entry", STRUCTURE, why, {
      inode: folder,
      fileBlock: area.fileBlock,
      offset: at,
      ...fields,
    });
  let place = area.hasDots ? 0 : 2;
  for (let at = start; at < end;) {
    if (at + DIR_ENTRY.sizeBytes > end) throw bad("it overruns its block", at);
    const length = entryLength(bytes, at);
    const inode = u32At(bytes, at) as InodeNumber;
    if (length < DIR_ENTRY.sizeBytes || length % 4 !== 0 || at + length > end) {
      throw bad("rec_len is wrong", at, { rec_len: length });
    }
    // The byte behind it means nothing without `filetype`; the kernel leaves rubbish there.
    const nameLength = bytes[at + DIR_ENTRY.offsets.name_len]!;
    if (DIR_ENTRY.sizeBytes + nameLength > length) {
      throw bad("its name overruns it", at, { rec_len: length, name_len: nameLength });
    }
    const nameAt = at + DIR_ENTRY.sizeBytes;
    if (inode !== 0) {
      if (inode > geometry.countInodes) {
        throw bad("there is no such inode", at, { refersTo: inode });
      }
      const dots = countDots(bytes, nameAt, nameLength);
      if (place < 2) {
        if (dots !== place + 1) throw bad("`.` or `..` is missing", at);
        if (place === 0 && inode !== folder) {
          throw bad("`.` is not the folder", at, { refersTo: inode });
        }
      } else {
        const isNoName = !area.isEncrypted && dots > 0;
        if (isNoName || nameLength === 0) throw bad("its name is `.`, `..` or empty", at);
        if (!area.isEncrypted && !isName(bytes, nameAt, nameLength)) {
          throw bad("its name has a slash or a NUL", at);
        }
      }
      const fileType = geometry.fileTypes ? bytes[at + 7]! : FILE_TYPE.unknown;
      visit(bytes, nameAt, nameLength, inode, fileType);
    } else if (place < 2) {
      throw bad("`.` or `..` is missing", at);
    }
    place++;
    at += length;
  }
  if (place < 2) throw bad("`.` or `..` is missing", end);
}

/**
 * Visits what looks like entries in a block that is broken, `.` and `..` left out. Where one is not,
 * the next is looked for behind it.
 * @param hasDots whether the first two are `.` and `..`, whatever their names are now
 */
export function scanRemains(
  geometry: Geometry,
  bytes: Uint8Array,
  { hasDots, isEncrypted }: Pick<EntryArea, "hasDots" | "isEncrypted">,
  visit: VisitEntry,
): void {
  const second = dirEntrySizeBytes(1);
  for (let at = 0; at + DIR_ENTRY.sizeBytes <= bytes.length;) {
    const length = entryLength(bytes, at);
    const inode = u32At(bytes, at) as InodeNumber;
    const nameLength = bytes[at + DIR_ENTRY.offsets.name_len]!;
    const nameAt = at + DIR_ENTRY.sizeBytes;
    const fits = length >= dirEntrySizeBytes(nameLength) && length % 4 === 0 &&
      at + length <= bytes.length;
    const fileType = geometry.fileTypes ? bytes[at + 7]! : FILE_TYPE.unknown;
    const isEntry = fits && inode > 0 && inode <= geometry.countInodes && nameLength > 0 &&
      fileType <= FILE_TYPE.symlink && countDots(bytes, nameAt, nameLength) === 0 &&
      (isEncrypted || isName(bytes, nameAt, nameLength));
    const isDots = hasDots && at <= second;
    if (isEntry && !isDots) visit(bytes, nameAt, nameLength, inode, fileType);
    at += fits ? length : 4;
  }
}

/** Where the entries of a leaf end: before the checksum, where there is one. */
export function leafEnd(geometry: Geometry, bytes: Uint8Array): number {
  return geometry.metadataChecksums ? bytes.length - DIR_ENTRY_TAIL.sizeBytes : bytes.length;
}

/** `rec_len`, which cannot hold the length of an entry that fills 64 KiB as it is. */
function entryLength(bytes: Uint8Array, at: number): number {
  const length = u16At(bytes, at + DIR_ENTRY.offsets.rec_len);
  if (bytes.length < 65_536) return length;
  if (length === 0xffff || length === 0) return 65_536;
  return (length & 0xfffc) | ((length & 3) << 16);
}

/** How index blocks differed from leaves of old: they look like one unused entry. */
function kindOf(folder: Inode, fileBlock: FileBlock, bytes: Uint8Array): DirectoryBlockKind {
  if (!hasFlag(folder, "index")) return "leaf";
  if (fileBlock === 0) return "index-root";
  return u32At(bytes, 0) === 0 && entryLength(bytes, 0) === bytes.length ? "index-node" : "leaf";
}

function countDots(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1 && bytes[at] === DOT) return 1;
  return length === 2 && bytes[at] === DOT && bytes[at + 1] === DOT ? 2 : 0;
}

function isName(bytes: Uint8Array, nameAt: number, length: number): boolean {
  for (let i = nameAt; i < nameAt + length; i++) {
    if (bytes[i] === 0 || bytes[i] === SLASH) return false;
  }
  return true;
}
