/**
 * Times for people and for programs.
 * @module
 */

import type { Time } from "../../ext4/reader/metadata/stat.ts";

/** To the minute in the local time zone, e.g. `2024-05-01 12:33`. */
export function localMinute({ seconds }: Pick<Time, "seconds">): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return `${localDay(date)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** To the second in the local time zone, e.g. `2024-05-01 12:33:07`. */
export function localSecond(time: Pick<Time, "seconds">): string {
  return `${localMinute(time)}:${two(new Date(Math.floor(time.seconds) * 1000).getSeconds())}`;
}

/** With all nanoseconds in UTC, e.g. `2024-05-01T10:33:07.000000000Z`. */
export function isoTime({ seconds, nanoseconds }: Time): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  return `${whole}.${String(nanoseconds).padStart(9, "0")}Z`;
}

function localDay(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}
