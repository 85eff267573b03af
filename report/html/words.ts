/**
 * Names, numbers and times as the page writes them.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import { type Markup, markup } from "./markup.ts";

/**
 * A name out of an image: controls, marks that turn the direction of text, and bytes that are not
 * UTF-8 are written as `\n` or `\351`; what is written from right to left keeps to itself.
 */
export function named(name: Uint8Array | string): Markup {
  return markup`<bdi>${printable(name)}</bdi>`;
}

/** A path from the root of an image. */
export function pathed(path: Uint8Array): Markup {
  return named(path.length === 0 ? "/" : path);
}

/** The last part of a path or URL. */
export function baseName(location: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\//i.test(location)
    ? location.replace(/[?#].*$/, "")
    : location;
  return path.replace(/\/+$/, "").replace(/^.*\//, "") || location;
}

/** A share, e.g. `12.3 %`. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "0 %";
  const share = 100 * part / whole;
  if (share > 0 && share < 0.05) return "< 0.1 %";
  return `${share.toFixed(1)} %`;
}

/** A number with commas. */
export function count(number: number): string {
  return number.toLocaleString("en");
}

/** Seconds of which a date can be made. */
const MOST_SECONDS = 8.64e12;

/** A day in UTC, e.g. `2024-05-01`. */
export function day(seconds: number): string {
  const within = Math.max(-MOST_SECONDS, Math.min(seconds, MOST_SECONDS));
  return new Date(within * 1000).toISOString().replace(/T.*$/, "");
}

/** A moment in UTC, e.g. `2024-05-01 12:33 UTC`. */
export function moment(seconds: number): string {
  const within = Math.max(-MOST_SECONDS, Math.min(seconds, MOST_SECONDS));
  return new Date(within * 1000).toISOString().replace("T", " ").replace(/:\d\d\.\d+Z$/, " UTC");
}
