/**
 * The rows of `ls -l`: columns as wide as the widest of the folder.
 * @module
 */

import { printable, type Stat } from "../../mod.ts";
import { modeText } from "./mode_text.ts";
import { localMinute } from "./time_text.ts";

/** One row to be. */
export interface LongEntry {
  readonly name: string | Uint8Array;
  readonly stat: Stat;
  /** Of a symbolic link. */
  readonly target?: Uint8Array;
}

/** A row for each entry, like `ls -ln --time-style=long-iso`. */
export function longRows(entries: readonly LongEntry[], isHuman: boolean): string[] {
  const columns = entries.map(({ stat }) => ({
    links: `${stat.countLinks}`,
    uid: `${stat.uid}`,
    gid: `${stat.gid}`,
    size: stat.device === undefined ? sizeText(stat.sizeBytes, isHuman) : "",
    major: stat.device === undefined ? "" : `${stat.device.major}`,
    minor: stat.device === undefined ? "" : `${stat.device.minor}`,
  }));
  const width = { links: 0, uid: 0, gid: 0, size: 0, major: 0, minor: 0 };
  for (const row of columns) {
    for (const key of KEYS) width[key] = Math.max(width[key], row[key].length);
  }
  if (width.major > 0) width.size = Math.max(width.size, width.major + 2 + width.minor);
  return entries.map(({ name, stat, target }, i) => {
    const row = columns[i]!;
    const size = stat.device === undefined
      ? row.size
      : `${row.major.padStart(width.size - width.minor - 2)}, ${row.minor.padStart(width.minor)}`;
    const arrow = target === undefined ? "" : ` -> ${printable(target)}`;
    return `${modeText(stat)} ${row.links.padStart(width.links)} ${row.uid.padStart(width.uid)} ` +
      `${row.gid.padStart(width.gid)} ${size.padStart(width.size)} ${localMinute(stat.mtime)} ` +
      `${printable(name)}${arrow}`;
  });
}

const KEYS = ["links", "uid", "gid", "size", "major", "minor"] as const;

/** `total 12`: the room the entries take, in KiB. */
export function totalRow(entries: readonly LongEntry[], isHuman: boolean): string {
  const bytes = entries.reduce((sum, { stat }) => sum + stat.allocatedBytes, 0);
  return `total ${isHuman ? sizeText(bytes, true) : Math.ceil(bytes / 1024)}`;
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
