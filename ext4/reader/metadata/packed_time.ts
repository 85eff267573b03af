/**
 * A time in two words, as ext4 stores it: 34 bits of seconds from 1901 on, and 30 of nanoseconds.
 * @module
 */

import { EARLIEST_SECONDS } from "../../times.ts";
import type { Stat, Time } from "./stat.ts";

const NANOSECOND_BITS = 30;

/** Writes a time. */
export function packTime(words: Uint32Array, at: number, { seconds, nanoseconds }: Time): void {
  words[at] = firstTimeWord(seconds);
  words[at + 1] = secondTimeWord(seconds, nanoseconds);
}

/** The first word of a time. */
export function firstTimeWord(seconds: number): number {
  return (seconds - EARLIEST_SECONDS) >>> 0;
}

/** The second. */
export function secondTimeWord(seconds: number, nanoseconds: number): number {
  return nanoseconds + Math.floor((seconds - EARLIEST_SECONDS) / 2 ** 32) * 2 ** NANOSECOND_BITS;
}

/** The time that was written. */
export function timeAt(words: Uint32Array, at: number): Time {
  const rest = words[at + 1]!;
  const seconds = EARLIEST_SECONDS + words[at]! + (rest >>> NANOSECOND_BITS) * 2 ** 32;
  return { seconds, nanoseconds: rest % 2 ** NANOSECOND_BITS };
}

/** Whether all times are the same. */
export function isOneTime({ mtime, atime, ctime, crtime }: Stat): boolean {
  return isSameTime(atime, mtime) && isSameTime(ctime, mtime) &&
    (crtime === undefined || isSameTime(crtime, mtime));
}

/** The reader gives equal times as one object. */
function isSameTime(a: Time, b: Time): boolean {
  return a === b || (a.seconds === b.seconds && a.nanoseconds === b.nanoseconds);
}
