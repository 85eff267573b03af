/**
 * Names of images that are made again and again: `srv-2026-11-26T0200.img`, in local time.
 * @module
 */

/** A name in its parts. */
export interface DatedName {
  /** What it is an image of: all in front of the date. */
  readonly series: string;
  /** The moment that the date means in this machine's time zone, in milliseconds since 1970. */
  readonly timeMs: number;
}

/**
 * The name of an image.
 *
 * @param series E.g. `srv`.
 * @param withSeconds For a second one in the same minute, or in the hour that autumn has twice.
 */
export function datedName(series: string, timeMs: number, withSeconds = false): string {
  const date = new Date(timeMs);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const seconds = withSeconds ? two(date.getSeconds()) : "";
  return `${series}-${day}T${two(date.getHours())}${two(date.getMinutes())}${seconds}.img`;
}

/** The parts of a name; `undefined` where it is not of this form. */
export function parseDatedName(name: string): DatedName | undefined {
  const match = /^(.+)-(\d{4})-(\d\d)-(\d\d)T(\d\d)(\d\d)(\d\d)?\.img$/s.exec(name);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(2).map((digits) => +(digits ?? 0));
  const date = new Date(year!, month! - 1, day, hour, minute, second);
  // The 31st of February is not a date, but the third of March to a computer.
  const isDate = date.getMonth() === month! - 1 && date.getDate() === day &&
    hour! < 24 && minute! < 60 && second! < 60;
  return isDate ? { series: match[1]!, timeMs: date.getTime() } : undefined;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
