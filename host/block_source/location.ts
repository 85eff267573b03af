/**
 * Where an image is, as a user types it: a path, a URL, or `s3://BUCKET/KEY`.
 * @module
 */

import { basename, dirname, join } from "node:path";
import { urlWithoutSecrets, withShownLocations } from "../connection/location_secrets.ts";
import { printable } from "../libc/paths.ts";
import { decoded } from "./url_address.ts";

export { withShownLocations };

/** Whether it is on a server. */
export function isRemote(location: string): boolean {
  return /^(https?|s3):\/\//i.test(location);
}

/**
 * A location as it may be shown and logged: without a URL's name, password and query, which may be
 * a signature, and without what commands a terminal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(
 *   shownLocation("https://bob:secret@example.org/photos.img?signature=0f1e"),
 *   "https://example.org/photos.img?…",
 * );
 * assert.equal(shownLocation("/backup/photos.img"), "/backup/photos.img");
 * ```
 */
export function shownLocation(location: string): string {
  return printable(location.replace(/[a-z][a-z0-9+.-]*:\/+.*$/is, urlWithoutSecrets));
}

/** What lies beside it: its own name with `suffix` behind. */
export function besideLocation(location: string, suffix: string): string {
  if (!isRemote(location) || isObject(location)) return location + suffix;
  const url = new URL(location);
  url.pathname += suffix;
  return url.href;
}

/** What lies in the same folder under another name. */
export function siblingLocation(location: string, name: string): string {
  if (!isRemote(location)) return join(dirname(location), name);
  if (isObject(location)) return location.slice(0, location.lastIndexOf("/") + 1) + name;
  const url = new URL(location);
  const folder = url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
  url.pathname = folder + encodeURIComponent(name);
  return url.href;
}

/** Its name without the folder. */
export function nameOfLocation(location: string): string {
  if (!isRemote(location)) return basename(location);
  if (isObject(location)) return location.slice(location.lastIndexOf("/") + 1);
  const { pathname } = new URL(location);
  return decoded(pathname.slice(pathname.lastIndexOf("/") + 1));
}

function isObject(location: string): boolean {
  return /^s3:/i.test(location);
}
