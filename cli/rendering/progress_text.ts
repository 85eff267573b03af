/**
 * How far something is, in as many columns as there are.
 * @module
 */

import { duration } from "../../pipeline/words/duration.ts";
import { formatSize } from "../../pipeline/words/size.ts";

/** How much is done, of how much if that is known. */
export interface Amount {
  readonly done: number;
  readonly total?: number;
  /** `bytes`, or what is counted. */
  readonly unit: string;
}

/** A bar is drawn in no fewer columns, and in no more. */
const LEAST_BAR = 8;
const MOST_BAR = 60;
/** So much of a label is left when nothing else can give way. */
const LEAST_LABEL = 8;
/** Before, a rate would be a guess. */
const RATE_AFTER_SECONDS = 0.2;

/**
 * One line of at most `width` columns, e.g.
 * `[2/4] pack  [####----]  33 %  1.2 GiB of 3.6 GiB  410 MiB/s  6 s left`.
 *
 * Where there is little room the bar shrinks first and then goes, then the amounts go, then the label
 * is cut: rate and time left stay.
 *
 * @param seconds Since it began.
 * @param amount Without one, the time that it has taken is shown.
 */
export function progressText(
  label: string,
  seconds: number,
  width: number,
  amount?: Amount,
): string {
  if (amount === undefined) return cutLabel(label, seconds < 1 ? [] : [duration(seconds)], width);
  const { done, total, unit } = amount;
  const rate = seconds > RATE_AFTER_SECONDS ? [`${shown(done / seconds, unit)}/s`] : [];
  if (total === undefined || total === 0) {
    return cutLabel(label, [shown(done, unit), ...rate], width);
  }
  const share = Math.min(1, done / total);
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const left = seconds > RATE_AFTER_SECONDS && done > 0
    ? [`${duration(seconds * (1 / share - 1))} left`]
    : [];
  const short = [percent.trim(), ...rate, ...left];
  const whole = [percent, `${shown(done, unit)} of ${shown(total, unit)}`, ...rate, ...left];
  const room = width - joined(label, whole).length - 2;
  if (room >= LEAST_BAR + 2) {
    return joined(label, [bar(share, Math.min(MOST_BAR, room - 2)), ...whole]);
  }
  return joined(label, whole).length <= width
    ? joined(label, whole)
    : cutLabel(label, short, width);
}

/** What it came to: `2.01 GiB in 3.1 s, 663 MiB/s`. */
export function totalText({ done, unit }: Amount, seconds: number): string {
  return `${shown(done, unit)} in ${duration(seconds)}, ${shown(done / seconds, unit)}/s`;
}

function shown(n: number, unit: string): string {
  return unit === "bytes" ? formatSize(n) : `${Math.round(n).toLocaleString("en")} ${unit}`;
}

function joined(label: string, parts: readonly string[]): string {
  return [label, ...parts].join("  ");
}

function cutLabel(label: string, parts: readonly string[], width: number): string {
  const text = joined(label, parts);
  if (text.length <= width) return text;
  const room = Math.max(LEAST_LABEL, label.length - (text.length - width));
  const cut = label.length <= room ? label : `${label.slice(0, room - 1)}…`;
  return joined(cut, parts).slice(0, width);
}

function bar(share: number, columns: number): string {
  const filled = Math.round(share * columns);
  return `[${"#".repeat(filled)}${"-".repeat(columns - filled)}]`;
}
