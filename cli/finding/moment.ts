/**
 * `--newer 2024-05-01` or `--newer 7d`: which moment is meant.
 * @module
 */

import { UsageError } from "../../pipeline/build_errors.ts";

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * A moment: an age before now, or a date with or without a time, in the local time zone unless it
 * ends in one.
 *
 * @param flag For the error.
 * @returns Seconds since 1970.
 * @throws UsageError when it is neither.
 */
export function momentOf(text: string, flag: string, nowMs: number = Date.now()): number {
  const age = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text);
  if (age !== null) return nowMs / 1000 - Number(age[1]) * UNITS[age[2]!]!;
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?))?$/
    .exec(text);
  // A date alone would be taken for UTC.
  const ms = date === null || !isDay(date[1]!)
    ? NaN
    : Date.parse(`${date[1]}T${date[2] ?? "00:00"}`);
  if (!Number.isNaN(ms)) return ms / 1000;
  throw new UsageError(
    `cannot use ${JSON.stringify(text)} for ${flag}: it is neither a date nor an age. ` +
      'Write 2024-05-01, "2024-05-01 12:30", or 30m, 12h, 7d, 4w for an age.',
    "bad-time",
  );
}

/** 30 February would be taken for 1 March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
