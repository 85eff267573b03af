/**
 * The rows of `ls -l`: columns as wide as the widest of the folder.
 * @module
 */

import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { printable } from "../../host/libc/paths.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import type { Mark } from "../../image/stack/mark_of.ts";
import { modeText } from "./mode_text.ts";
import { localMinute } from "./time_text.ts";

/** One row to be. */
export interface LongEntry {
  readonly name: string | Uint8Array;
  readonly stat: Stat;
  /** Of a symbolic link. */
  readonly target?: Uint8Array;
  /** Of a layer that is shown alone. */
  readonly mark?: Mark;
}

/** How wide the columns of a folder are, and what its entries take. */
export interface LongColumns {
  readonly width: Readonly<Record<typeof KEYS[number], number>>;
  readonly allocatedBytes: number;
}

/** Goes through all entries that are to be shown together. */
export function longColumns(
  entries: Iterable<Pick<LongEntry, "stat">>,
  isHuman: boolean,
): LongColumns {
  let links = 0, uid = 0, gid = 0, largest = 0, major = -1, minor = -1;
  let size = 0, allocatedBytes = 0, count = 0;
  for (const { stat } of entries) {
    // Of numbers the largest is the longest; of sizes for people, 1023 is longer than 10K.
    links = Math.max(links, stat.countLinks);
    uid = Math.max(uid, stat.uid);
    gid = Math.max(gid, stat.gid);
    if (stat.device !== undefined) {
      major = Math.max(major, stat.device.major);
      minor = Math.max(minor, stat.device.minor);
    } else if (isHuman) size = Math.max(size, sizeText(stat.sizeBytes, true).length);
    else largest = Math.max(largest, stat.sizeBytes);
    allocatedBytes += stat.allocatedBytes;
    if (++count % ROWS_A_COLLECTION === 0) boundGarbage();
  }
  const width = {
    links: `${links}`.length,
    uid: `${uid}`.length,
    gid: `${gid}`.length,
    size: Math.max(size, `${largest}`.length),
    major: major < 0 ? 0 : `${major}`.length,
    minor: minor < 0 ? 0 : `${minor}`.length,
  };
  if (width.major > 0) width.size = Math.max(width.size, width.major + 2 + width.minor);
  return { width, allocatedBytes };
}

/** The row of an entry up to its name, like `ls -ln --time-style=long-iso`. */
export function columnsOfRow(
  stat: Stat,
  { width }: Pick<LongColumns, "width">,
  isHuman: boolean,
): string {
  const { links, uid, gid, size, major, minor } = columnsOf(stat, isHuman);
  const last = stat.device === undefined
    ? size.padStart(width.size)
    : `${major.padStart(width.size - width.minor - 2)}, ${minor.padStart(width.minor)}`;
  return `${modeText(stat)} ${links.padStart(width.links)} ${uid.padStart(width.uid)} ` +
    `${gid.padStart(width.gid)} ${last} ${localMinute(stat.mtime)} `;
}

/** What stands behind the name: where a symbolic link leads, and what a mark is. */
export function behindName({ target, mark }: Pick<LongEntry, "target" | "mark">): string {
  return (target === undefined ? "" : ` -> ${printable(target)}`) + markText(mark);
}

/** What stands behind the name of a mark. */
export function markText(mark: Mark | undefined): string {
  return mark === undefined ? "" : ` (${mark})`;
}

/** What they were unpacked into is garbage. */
const ROWS_A_COLLECTION = 1 << 15;

const KEYS = ["links", "uid", "gid", "size", "major", "minor"] as const;

function columnsOf(
  { countLinks, uid, gid, sizeBytes, device }: Stat,
  isHuman: boolean,
): Record<typeof KEYS[number], string> {
  return {
    links: `${countLinks}`,
    uid: `${uid}`,
    gid: `${gid}`,
    size: device === undefined ? sizeText(sizeBytes, isHuman) : "",
    major: device === undefined ? "" : `${device.major}`,
    minor: device === undefined ? "" : `${device.minor}`,
  };
}

/** `total 12`: the room the entries take, in KiB. */
export function totalRow({ allocatedBytes }: LongColumns, isHuman: boolean): string {
  return `total ${isHuman ? sizeText(allocatedBytes, true) : Math.ceil(allocatedBytes / 1024)}`;
}

/** Bytes, or e.g. `1.5K`, rounded up as `ls -h` does. */
export function sizeText(bytes: number, isHuman: boolean): string {
  if (!isHuman || bytes < 1024) return `${bytes}`;
  let unit = 0;
  let value = bytes;
  while (Math.ceil(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const tenths = Math.ceil(value * 10) / 10;
  return `${tenths < 10 ? tenths.toFixed(1) : Math.ceil(value)}${UNITS[unit]}`;
}

const UNITS = ["", "K", "M", "G", "T", "P"];
