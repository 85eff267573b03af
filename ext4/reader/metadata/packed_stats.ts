/**
 * The metadata of many inodes, in rows: a tenth of the memory that as many objects take.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { Rows } from "../rows.ts";
import { kindOfMode, type Stat, type Time } from "./stat.ts";

// Numbers of a row.
const SIZE = 0;
const ALLOCATED = 1;
const CONTENTS_AT = 2;
// Words of a row, behind them.
const INODE = 6;
const MODE = 7;
const LINKS = 8;
const UID = 9;
const GID = 10;
const FLAGS = 11;
const HAS = 12;
/** Two words each. */
const MTIME = 13;
const ATIME = 15;
const CTIME = 17;
const CRTIME = 19;
const NUMBERS_PER_ROW = 11;

const HAS_XATTRS = 1;
const HAS_CRTIME = 2;
const HAS_MORE = 4;
const HAS_CONTENTS_AT = 8;

/** What few inodes have. */
type Rare = Pick<Stat, "device" | "projectId">;

/** Packs what `statOf` gives, and gives out equal ones. */
export class PackedStats {
  readonly #rows = new Rows(NUMBERS_PER_ROW);
  readonly #rare = new Map<number, Rare>();

  /** Adds one. @returns its row */
  add(stat: Stat): number {
    const { mtime, atime, ctime, crtime, device, projectId, contentsAt } = stat;
    const row = this.#rows.add();
    const { words, numbers } = this.#rows.pieceOf(row);
    const at = this.#rows.numberAt(row);
    const word = 2 * at;
    numbers[at + SIZE] = stat.sizeBytes;
    numbers[at + ALLOCATED] = stat.allocatedBytes;
    numbers[at + CONTENTS_AT] = contentsAt ?? 0;
    words[word + INODE] = stat.inode;
    words[word + MODE] = stat.mode;
    words[word + LINKS] = stat.countLinks;
    words[word + UID] = stat.uid;
    words[word + GID] = stat.gid;
    words[word + FLAGS] = stat.flags;
    packTime(words, word + MTIME, mtime);
    packTime(words, word + ATIME, atime);
    packTime(words, word + CTIME, ctime);
    if (crtime !== undefined) packTime(words, word + CRTIME, crtime);
    let has = stat.hasXattrs ? HAS_XATTRS : 0;
    if (crtime !== undefined) has |= HAS_CRTIME;
    if (contentsAt !== undefined) has |= HAS_CONTENTS_AT;
    if (device !== undefined || projectId !== undefined) {
      has |= HAS_MORE;
      this.#rare.set(row, {
        ...(device === undefined ? {} : { device }),
        ...(projectId === undefined ? {} : { projectId }),
      });
    }
    words[word + HAS] = has;
    return row;
  }

  /** Forgets those before a row. */
  releaseBefore(row: number): void {
    this.#rows.releaseBefore(row);
  }

  /** `st_mode` of one. */
  modeOf(row: number): number {
    return this.#rows.pieceOf(row).words[2 * this.#rows.numberAt(row) + MODE]!;
  }

  /** Its inode. */
  inodeOf(row: number): InodeNumber {
    const { words } = this.#rows.pieceOf(row);
    return words[2 * this.#rows.numberAt(row) + INODE]! as InodeNumber;
  }

  /** All of it. */
  at(row: number): Stat {
    const { words, numbers } = this.#rows.pieceOf(row);
    const at = this.#rows.numberAt(row);
    const word = 2 * at;
    const has = words[word + HAS]!;
    const mode = words[word + MODE]!;
    const mtime = timeAt(words, word + MTIME);
    // Most have the same times, and share them.
    const like = (at: number): Time =>
      words[at] === words[word + MTIME] && words[at + 1] === words[word + MTIME + 1]
        ? mtime
        : timeAt(words, at);
    const stat: { -readonly [K in keyof Stat]: Stat[K] } = {
      inode: words[word + INODE]! as InodeNumber,
      kind: kindOfMode(mode),
      mode,
      uid: words[word + UID]!,
      gid: words[word + GID]!,
      sizeBytes: numbers[at + SIZE]!,
      allocatedBytes: numbers[at + ALLOCATED]!,
      countLinks: words[word + LINKS]!,
      flags: words[word + FLAGS]!,
      hasXattrs: (has & HAS_XATTRS) !== 0,
      mtime,
      atime: like(word + ATIME),
      ctime: like(word + CTIME),
    };
    if ((has & HAS_CONTENTS_AT) !== 0) stat.contentsAt = numbers[at + CONTENTS_AT]!;
    if ((has & HAS_CRTIME) !== 0) {
      stat.crtime = like(word + CRTIME);
    }
    return (has & HAS_MORE) === 0 ? stat : Object.assign(stat, this.#rare.get(row));
  }
}

// As ext4 stores it: 34 bits of seconds from 1901 on, and 30 bits of nanoseconds.
const FIRST_SECOND = -(2 ** 31);
const NANOSECOND_BITS = 30;

function packTime(words: Uint32Array, at: number, { seconds, nanoseconds }: Time): void {
  const since = seconds - FIRST_SECOND;
  words[at] = since;
  words[at + 1] = nanoseconds + Math.floor(since / 2 ** 32) * 2 ** NANOSECOND_BITS;
}

function timeAt(words: Uint32Array, at: number): Time {
  const rest = words[at + 1]!;
  const seconds = FIRST_SECOND + words[at]! + (rest >>> NANOSECOND_BITS) * 2 ** 32;
  return { seconds, nanoseconds: rest % 2 ** NANOSECOND_BITS };
}
