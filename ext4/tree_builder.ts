/**
 * Builds a {@linkcode Tree} row by row.
 * @module
 */

import { compareBytes } from "./compare_bytes.ts";
import { byteColumn, type Column, f64Column, u16Column, u32Column } from "./columns.ts";
import {
  type DeviceNumber,
  NO_ENTRY,
  S_IFLNK,
  S_IFMT,
  type TimeColumn,
  type Tree,
  type TreeEntry,
  type TreeInode,
  type Xattr,
} from "./tree.ts";

/** A point in time. */
export interface Time {
  /** Whole seconds since 1970; may be negative. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/** What is known of an inode when it is found. */
export interface NewInode {
  /** Type and permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a regular file. */
  readonly sizeBytes?: number;
  readonly mtime: Time;
  /** Absent where they are the same as `mtime`; where all are, the tree has no such column. */
  readonly atime?: Time;
  readonly ctime?: Time;
  readonly crtime?: Time;
  readonly xattrs?: readonly Xattr[];
  /** Of a symbolic link. */
  readonly target?: Uint8Array;
  readonly device?: DeviceNumber;
  readonly dataRanges?: Float64Array;
}

/** Of a name, in most trees: room that is not used takes no memory, and more is made by copying. */
const NAME_BYTES = 24;

/** Collects inodes and names. The first inode added is the root folder. */
export class TreeBuilder {
  #countInodes = 0;
  #countEntries = 0;
  #countBytes = 0;
  readonly #mode: Column<Uint16Array>;
  readonly #uid: Column<Uint32Array>;
  readonly #gid: Column<Uint32Array>;
  readonly #sizeBytes: Column<Float64Array>;
  readonly #mtime: TimeColumns;
  /** Made when the first is met. */
  readonly #otherTimes: { -readonly [K in OtherTime]?: TimeColumns } = {};
  readonly #countNames: Column<Uint32Array>;
  readonly #nameEntry: Column<Uint32Array>;
  readonly #payload: Column<Uint32Array>;
  readonly #countChildren: Column<Uint32Array>;
  readonly #xattrSet: Column<Uint32Array>;
  readonly #entryInode: Column<Uint32Array>;
  readonly #entryParent: Column<Uint32Array>;
  readonly #nameOffset: Column<Uint32Array>;
  readonly #nameLength: Column<Uint8Array>;
  readonly #bytes: Column<Uint8Array>;
  readonly #xattrSets: (readonly Xattr[])[] = [[]];
  readonly #xattrSetByKey = new Map<string, number>();
  readonly #devices = new Map<TreeInode, DeviceNumber>();
  readonly #dataRanges = new Map<TreeInode, Float64Array>();

  /** @param expectedRows How many there may be: columns need not grow up to then. */
  constructor(private readonly expectedRows = 1024) {
    this.#mode = u16Column(expectedRows);
    this.#uid = u32Column(expectedRows);
    this.#gid = u32Column(expectedRows);
    this.#sizeBytes = f64Column(expectedRows);
    this.#mtime = timeColumns(expectedRows);
    this.#countNames = u32Column(expectedRows);
    this.#nameEntry = u32Column(expectedRows);
    this.#payload = u32Column(expectedRows);
    this.#countChildren = u32Column(expectedRows);
    this.#xattrSet = u32Column(expectedRows);
    this.#entryInode = u32Column(expectedRows);
    this.#entryParent = u32Column(expectedRows);
    this.#nameOffset = u32Column(expectedRows);
    this.#nameLength = byteColumn(expectedRows);
    this.#bytes = byteColumn(expectedRows * NAME_BYTES);
  }

  /** Inodes added so far. */
  get countInodes(): number {
    return this.#countInodes;
  }

  /** Adds an inode, which has no name yet. */
  addInode(found: NewInode): TreeInode {
    const row = this.#countInodes++ as TreeInode;
    const { uid, gid, target, mtime } = found;
    this.#mode.withRoom(row)[row] = found.mode;
    // Rows are zero: memory that nothing is written to takes no room, and some columns are all zeros.
    const uids = this.#uid.withRoom(row);
    const gids = this.#gid.withRoom(row);
    if (uid !== 0) uids[row] = uid;
    if (gid !== 0) gids[row] = gid;
    this.#sizeBytes.withRoom(row)[row] = target?.length ?? found.sizeBytes ?? 0;
    this.#nameEntry.withRoom(row)[row] = NO_ENTRY;
    this.#countChildren.withRoom(row);
    this.#countNames.withRoom(row);
    this.#payload.withRoom(row);
    setTime(this.#mtime, row, mtime);
    this.#setOtherTime(row, "atime", found.atime);
    this.#setOtherTime(row, "ctime", found.ctime);
    this.#setOtherTime(row, "crtime", found.crtime);
    const xattrSets = this.#xattrSet.withRoom(row);
    if (found.xattrs !== undefined) xattrSets[row] = this.#xattrSetOf(found.xattrs);
    const isLink = (found.mode & S_IFMT) === S_IFLNK;
    if (isLink) this.#payload.array[row] = this.#addBytes(found.target!);
    if (found.device !== undefined) this.#devices.set(row, found.device);
    if (found.dataRanges !== undefined) this.#dataRanges.set(row, found.dataRanges);
    return row;
  }

  /**
   * Names an inode. The names of one folder must be added one after the other, ordered by bytes.
   *
   * @param name 1 to 255 bytes, or more than that, of which the first `lengthBytes` are the name.
   * @throws RangeError when the names of a folder are not consecutive or not ascending.
   */
  addName(
    folder: TreeInode,
    name: Uint8Array,
    inode: TreeInode,
    lengthBytes: number = name.length,
  ): TreeEntry {
    const row = this.#countEntries++ as TreeEntry;
    const siblings = this.#countChildren.array[folder]!;
    if (siblings === 0) this.#payload.array[folder] = row;
    else this.#checkOrder(folder, row, siblings, name, lengthBytes);
    this.#countChildren.array[folder] = siblings + 1;
    this.#entryInode.withRoom(row)[row] = inode;
    const parents = this.#entryParent.withRoom(row);
    if (folder !== 0) parents[row] = folder;
    this.#nameLength.withRoom(row)[row] = lengthBytes;
    this.#nameOffset.withRoom(row)[row] = this.#addBytes(name, lengthBytes);
    const countNames = this.#countNames.array[inode]!;
    if (countNames === 0) this.#nameEntry.array[inode] = row;
    this.#countNames.array[inode] = countNames + 1;
    return row;
  }

  /** Makes the root folder at least as new as `mtime`: it may be known only by what it holds. */
  raiseRootTime(mtime: Time): void {
    const seconds = this.#mtime.seconds.array[0]!;
    const nanoseconds = this.#mtime.nanoseconds.array[0]!;
    if (mtime.seconds < seconds) return;
    if (mtime.seconds === seconds && mtime.nanoseconds <= nanoseconds) return;
    setTime(this.#mtime, 0, mtime);
    for (const columns of Object.values(this.#otherTimes)) setTime(columns, 0, mtime);
  }

  /** The tree so far. Adding more makes it stale. */
  tree(): Tree {
    const { atime, ctime, crtime } = this.#otherTimes;
    return {
      countInodes: this.#countInodes,
      countEntries: this.#countEntries,
      mode: this.#mode.array,
      uid: this.#uid.array,
      gid: this.#gid.array,
      sizeBytes: this.#sizeBytes.array,
      mtime: timesOf(this.#mtime),
      ...(atime && { atime: timesOf(atime) }),
      ...(ctime && { ctime: timesOf(ctime) }),
      ...(crtime && { crtime: timesOf(crtime) }),
      countNames: this.#countNames.array,
      nameEntry: this.#nameEntry.array,
      payload: this.#payload.array,
      countChildren: this.#countChildren.array,
      xattrSet: this.#xattrSet.array,
      entryInode: this.#entryInode.array,
      entryParent: this.#entryParent.array,
      nameOffset: this.#nameOffset.array,
      nameLength: this.#nameLength.array,
      bytes: this.#bytes.array,
      xattrSets: this.#xattrSets,
      devices: this.#devices,
      dataRanges: this.#dataRanges,
    };
  }

  #setOtherTime(row: number, name: OtherTime, time: Time | undefined): void {
    const columns = this.#otherTimes[name];
    if (columns !== undefined) return setTime(columns, row, time ?? timeAt(this.#mtime, row));
    if (time === undefined) return;
    const made = this.#otherTimes[name] = timeColumns(this.expectedRows);
    for (let before = 0; before < row; before++) setTime(made, before, timeAt(this.#mtime, before));
    setTime(made, row, time);
  }

  #addBytes(bytes: Uint8Array, lengthBytes = bytes.length): number {
    const offset = this.#countBytes;
    if (offset + lengthBytes > 0xffff_ffff) {
      throw new RangeError("cannot hold this many names: they exceed 4 GiB. Store fewer folders.");
    }
    this.#bytes.setPart(offset, bytes, 0, lengthBytes);
    this.#countBytes += lengthBytes;
    return offset;
  }

  #checkOrder(
    folder: TreeInode,
    row: number,
    siblings: number,
    name: Uint8Array,
    lengthBytes: number,
  ): void {
    if (this.#payload.array[folder]! + siblings !== row) {
      throw new RangeError("cannot add this name: the names of a folder must be consecutive");
    }
    // In place: for each name, a view of the one before would take longer than comparing them.
    const bytes = this.#bytes.array;
    const start = this.#nameOffset.array[row - 1]!;
    const previousBytes = this.#nameLength.array[row - 1]!;
    const most = Math.min(previousBytes, lengthBytes);
    let i = 0;
    while (i < most && bytes[start + i] === name[i]) i++;
    const isAscending = i < most ? bytes[start + i]! < name[i]! : previousBytes < lengthBytes;
    if (!isAscending) {
      throw new RangeError("cannot add this name: the names of a folder must be ascending");
    }
  }

  #xattrSetOf(xattrs: readonly Xattr[] | undefined): number {
    if (xattrs === undefined || xattrs.length === 0) return 0;
    const sorted = xattrs.toSorted((a, b) => compareBytes(a.name, b.name));
    const key = sorted.map(({ name, value }) =>
      `${latin1(name)}\0${value.length}\0${latin1(value)}`
    )
      .join("");
    const known = this.#xattrSetByKey.get(key);
    if (known !== undefined) return known;
    const row = this.#xattrSets.push(sorted) - 1;
    this.#xattrSetByKey.set(key, row);
    return row;
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

type OtherTime = "atime" | "ctime" | "crtime";

interface TimeColumns {
  readonly seconds: Column<Float64Array>;
  readonly nanoseconds: Column<Uint32Array>;
}

const timeColumns = (rows: number): TimeColumns => ({
  seconds: f64Column(rows),
  nanoseconds: u32Column(rows),
});

const timeAt = ({ seconds, nanoseconds }: TimeColumns, row: number): Time => ({
  seconds: seconds.array[row]!,
  nanoseconds: nanoseconds.array[row]!,
});

function setTime(columns: TimeColumns, row: number, { seconds, nanoseconds }: Time): void {
  columns.seconds.withRoom(row)[row] = seconds;
  columns.nanoseconds.withRoom(row)[row] = nanoseconds;
}

const timesOf = ({ seconds, nanoseconds }: TimeColumns): TimeColumn => ({
  seconds: seconds.array,
  nanoseconds: nanoseconds.array,
});
