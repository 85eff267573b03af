/**
 * Times: 34 bits of seconds and 30 of nanoseconds, split over a field and its `_extra` field.
 *
 * Source: kernel Documentation/filesystems/ext4/inodes.rst "Inode Timestamps".
 * @module
 */

/** 1901-12-13 20:45:52 UTC, the earliest time an inode can hold. */
export const EARLIEST_SECONDS = -0x8000_0000;
/** 2446-05-10 22:38:55 UTC, the latest time an inode can hold. */
export const LATEST_SECONDS = 0x3_7fff_ffff;

/** Whole seconds since 1970 brought into the range that an inode can hold. */
export function clampSeconds(seconds: number): number {
  return Math.min(Math.max(seconds, EARLIEST_SECONDS), LATEST_SECONDS);
}

/** The 32-bit field, e.g. `i_mtime`. */
export function timeField(seconds: number): number {
  return seconds >>> 0;
}

/** The `_extra` field, e.g. `i_mtime_extra`. */
export function timeExtraField(seconds: number, nanoseconds: number): number {
  const epoch = Math.round((seconds - (seconds | 0)) / 0x1_0000_0000) & 3;
  return ((nanoseconds << 2) | epoch) >>> 0;
}

/** Seconds since 1970 from both fields; `extra` is 0 where the inode has none. */
export function decodeSeconds(field: number, extra: number): number {
  return (field | 0) + (extra & 3) * 0x1_0000_0000;
}

/** Nanoseconds from the `_extra` field; 1,000,000,000 or more is corrupt. */
export function decodeNanoseconds(extra: number): number {
  return extra >>> 2;
}
