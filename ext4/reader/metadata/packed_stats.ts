/**
 * The metadata of many inodes, in rows: a twentieth of the memory that as many objects take.
 *
 * What neighbours have in common, as owner and mode, is stored once for all of them; and so are times
 * that are the same.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import type { Inode } from "../inode/inode.ts";
import { type PostedRows, Rows } from "../rows.ts";
import { firstTimeWord, isOneTime, packTime, secondTimeWord, timeAt } from "./packed_time.ts";
import {
  gidOf,
  hasCrtime,
  kindOfMode,
  mayHaveXattrs,
  mtimeNanoseconds,
  mtimeSeconds,
  type Stat,
  type Time,
  uidOf,
} from "./stat.ts";

// Numbers of a row.
const SIZE = 0;
const CONTENTS_AT = 1;
// Words of a row, behind them.
const INODE = 4;
/** In units of 512 bytes. */
const ALLOCATED = 5;
/** A row of what is common. */
const COMMON = 6;
/** A row of the other times. */
const TIMES = 7;
/** Two words, as each time. */
const MTIME = 8;
const NUMBERS_PER_ROW = 5;

// Words of a row of what is common.
const MODE = 0;
const LINKS = 1;
const UID = 2;
const GID = 3;
const FLAGS = 4;
const HAS = 5;
const COMMON_NUMBERS = 3;

// Words of a row of times.
const ATIME = 0;
const CTIME = 2;
const CRTIME = 4;
const TIMES_NUMBERS = 3;

const HAS_XATTRS = 1;
const HAS_CRTIME = 2;
const HAS_MORE = 4;
const HAS_CONTENTS_AT = 8;
/** Not all times are the same. */
const HAS_TIMES = 16;

const UNIT_BYTES = 512;
const MOST_UNITS = 0xffff_ffff;

/** What is compared of a regular file; `seconds` and `nanoseconds` are those of `mtime`. */
export type PlainFile = Pick<Stat, "mode" | "uid" | "gid" | "sizeBytes"> & Time;

/** What few inodes have. */
type Rare = Partial<Pick<Stat, "device" | "projectId" | "allocatedBytes">>;

/** All of them, as another thread can be posted them. */
export type PostedStats = readonly [PostedRows, PostedRows, PostedRows, ReadonlyMap<number, Rare>];

/** Packs what `statOf` gives, and gives out equal ones. */
export class PackedStats {
  #rows: Rows;
  #common = new Rows(COMMON_NUMBERS);
  #times = new Rows(TIMES_NUMBERS);
  #rare = new Map<number, Rare>();

  /** @param firstRows How many there is to be room for at first. */
  constructor(firstRows?: number) {
    this.#rows = new Rows(NUMBERS_PER_ROW, firstRows);
  }

  /** Those that another thread has posted. */
  static ofPosted([rows, common, times, rare]: PostedStats): PackedStats {
    const stats = new PackedStats();
    stats.#rows = Rows.ofPosted(NUMBERS_PER_ROW, rows);
    stats.#common = Rows.ofPosted(COMMON_NUMBERS, common);
    stats.#times = Rows.ofPosted(TIMES_NUMBERS, times);
    stats.#rare = new Map(rare);
    return stats;
  }

  /** All of them, to be posted. */
  get posted(): PostedStats {
    return [this.#rows.posted, this.#common.posted, this.#times.posted, this.#rare];
  }

  /** Adds one. @returns its row */
  add(stat: Stat): number {
    const { inode, sizeBytes, allocatedBytes, contentsAt, device, projectId } = stat;
    const { seconds, nanoseconds } = stat.mtime;
    const row = this.#addRow(inode, sizeBytes, allocatedBytes, contentsAt, seconds, nanoseconds);
    let has = hasOf(stat.hasXattrs, stat.crtime !== undefined, allocatedBytes, contentsAt);
    if (!isOneTime(stat)) {
      has |= HAS_TIMES;
      this.#setWord(row, TIMES, this.#addTimes(stat));
    }
    if (device !== undefined || projectId !== undefined) {
      has |= HAS_MORE;
      this.#rare.set(row, {
        ...this.#rare.get(row),
        ...(device === undefined ? {} : { device }),
        ...(projectId === undefined ? {} : { projectId }),
      });
    }
    const { mode, countLinks, uid, gid, flags } = stat;
    this.#setWord(row, COMMON, this.#addCommon(mode, countLinks, uid, gid, flags, has));
    return row;
  }

  /**
   * Adds what `statOf` gives of a regular file with one time and no project, which is not made for it.
   * @param allocatedBytes,contentsAt as `statOf` gives them
   * @returns its row
   * @throws CorruptImageError where its time has a billion nanoseconds or more
   */
  addFile(inode: Inode, allocatedBytes: number, contentsAt: number | undefined): number {
    const { number, sizeBytes, mode, countLinks, flags } = inode;
    const seconds = mtimeSeconds(inode);
    const nanoseconds = mtimeNanoseconds(inode);
    const row = this.#addRow(number, sizeBytes, allocatedBytes, contentsAt, seconds, nanoseconds);
    const has = hasOf(mayHaveXattrs(inode), hasCrtime(inode), allocatedBytes, contentsAt);
    const common = this.#addCommon(mode, countLinks, uidOf(inode), gidOf(inode), flags, has);
    this.#setWord(row, COMMON, common);
    return row;
  }

  /** Adds a row with all that each has of its own. */
  #addRow(
    inode: number,
    sizeBytes: number,
    allocatedBytes: number,
    contentsAt: number | undefined,
    seconds: number,
    nanoseconds: number,
  ): number {
    const row = this.#rows.add();
    const { words, numbers } = this.#rows.pieceOf(row);
    const at = this.#rows.numberAt(row);
    const word = 2 * at;
    const hasUnits = isInUnits(allocatedBytes);
    numbers[at + SIZE] = sizeBytes;
    numbers[at + CONTENTS_AT] = contentsAt ?? 0;
    words[word + INODE] = inode;
    words[word + ALLOCATED] = hasUnits ? allocatedBytes / UNIT_BYTES : 0;
    words[word + MTIME] = firstTimeWord(seconds);
    words[word + MTIME + 1] = secondTimeWord(seconds, nanoseconds);
    if (!hasUnits) this.#rare.set(row, { allocatedBytes });
    return row;
  }

  #setWord(row: number, field: number, value: number): void {
    this.#rows.pieceOf(row).words[2 * this.#rows.numberAt(row) + field] = value;
  }

  /** Forgets those before a row. */
  releaseBefore(row: number): void {
    this.#rows.releaseBefore(row);
  }

  /** `st_mode` of one. */
  modeOf(row: number): number {
    const { words } = this.#rows.pieceOf(row);
    const common = words[2 * this.#rows.numberAt(row) + COMMON]!;
    return this.#common.pieceOf(common).words[2 * this.#common.numberAt(common) + MODE]!;
  }

  /** Its inode. */
  inodeOf(row: number): InodeNumber {
    const { words } = this.#rows.pieceOf(row);
    return words[2 * this.#rows.numberAt(row) + INODE]! as InodeNumber;
  }

  /** Whether one is a file with one name and no attributes, and all else is as given. */
  isPlainFile(row: number, file: PlainFile): boolean {
    const { words, numbers } = this.#rows.pieceOf(row);
    const at = this.#rows.numberAt(row);
    const word = 2 * at;
    if (numbers[at + SIZE] !== file.sizeBytes) return false;
    if (words[word + MTIME] !== firstTimeWord(file.seconds)) return false;
    if (words[word + MTIME + 1] !== secondTimeWord(file.seconds, file.nanoseconds)) return false;
    const commonRow = words[word + COMMON]!;
    const common = this.#common.pieceOf(commonRow).words;
    const commonAt = 2 * this.#common.numberAt(commonRow);
    return common[commonAt + MODE] === file.mode && common[commonAt + LINKS] === 1 &&
      common[commonAt + UID] === file.uid && common[commonAt + GID] === file.gid &&
      (common[commonAt + HAS]! & HAS_XATTRS) === 0;
  }

  /** All of it. */
  at(row: number): Stat {
    const { words, numbers } = this.#rows.pieceOf(row);
    const at = this.#rows.numberAt(row);
    const word = 2 * at;
    const commonRow = words[word + COMMON]!;
    const common = this.#common.pieceOf(commonRow).words;
    const commonAt = 2 * this.#common.numberAt(commonRow);
    const has = common[commonAt + HAS]!;
    const mode = common[commonAt + MODE]!;
    const mtime = timeAt(words, word + MTIME);
    const stat: { -readonly [K in keyof Stat]: Stat[K] } = {
      inode: words[word + INODE]! as InodeNumber,
      kind: kindOfMode(mode),
      mode,
      uid: common[commonAt + UID]!,
      gid: common[commonAt + GID]!,
      sizeBytes: numbers[at + SIZE]!,
      allocatedBytes: words[word + ALLOCATED]! * UNIT_BYTES,
      countLinks: common[commonAt + LINKS]!,
      flags: common[commonAt + FLAGS]!,
      hasXattrs: (has & HAS_XATTRS) !== 0,
      mtime,
      atime: mtime,
      ctime: mtime,
    };
    if ((has & HAS_CONTENTS_AT) !== 0) stat.contentsAt = numbers[at + CONTENTS_AT]!;
    if ((has & HAS_CRTIME) !== 0) stat.crtime = mtime;
    if ((has & HAS_TIMES) !== 0) Object.assign(stat, this.#timesAt(words[word + TIMES]!, has));
    return (has & HAS_MORE) === 0 ? stat : Object.assign(stat, this.#rare.get(row));
  }

  /** @returns the row of what was added last, where it is the same, or a new one */
  #addCommon(
    mode: number,
    countLinks: number,
    uid: number,
    gid: number,
    flags: number,
    has: number,
  ): number {
    const last = this.#common.count - 1;
    if (last >= 0) {
      const { words } = this.#common.pieceOf(last);
      const at = 2 * this.#common.numberAt(last);
      const isSame = words[at + MODE] === mode && words[at + LINKS] === countLinks &&
        words[at + UID] === uid && words[at + GID] === gid && words[at + FLAGS] === flags &&
        words[at + HAS] === has;
      if (isSame) return last;
    }
    const row = this.#common.add();
    const { words } = this.#common.pieceOf(row);
    const at = 2 * this.#common.numberAt(row);
    words[at + MODE] = mode;
    words[at + LINKS] = countLinks;
    words[at + UID] = uid;
    words[at + GID] = gid;
    words[at + FLAGS] = flags;
    words[at + HAS] = has;
    return row;
  }

  #addTimes({ atime, ctime, crtime }: Stat): number {
    const row = this.#times.add();
    const { words } = this.#times.pieceOf(row);
    const at = 2 * this.#times.numberAt(row);
    packTime(words, at + ATIME, atime);
    packTime(words, at + CTIME, ctime);
    if (crtime !== undefined) packTime(words, at + CRTIME, crtime);
    return row;
  }

  #timesAt(row: number, has: number): Pick<Stat, "atime" | "ctime" | "crtime"> {
    const { words } = this.#times.pieceOf(row);
    const at = 2 * this.#times.numberAt(row);
    return {
      atime: timeAt(words, at + ATIME),
      ctime: timeAt(words, at + CTIME),
      ...((has & HAS_CRTIME) === 0 ? {} : { crtime: timeAt(words, at + CRTIME) }),
    };
  }
}

/** Whether a word holds what is allocated. */
function isInUnits(allocatedBytes: number): boolean {
  const units = allocatedBytes / UNIT_BYTES;
  return units <= MOST_UNITS && Number.isInteger(units);
}

function hasOf(
  hasXattrs: boolean,
  hasCrtime: boolean,
  allocatedBytes: number,
  contentsAt: number | undefined,
): number {
  return (hasXattrs ? HAS_XATTRS : 0) | (hasCrtime ? HAS_CRTIME : 0) |
    (contentsAt === undefined ? 0 : HAS_CONTENTS_AT) | (isInUnits(allocatedBytes) ? 0 : HAS_MORE);
}
