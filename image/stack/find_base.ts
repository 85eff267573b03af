/**
 * Where the image below a layer is looked for.
 * @module
 */

import { dirname, join } from "node:path";
import { isRemote, nameOfLocation } from "../../host/block_source/location.ts";
import { fileStatus } from "../../host/files/file_status.ts";

/**
 * The places where it may be, best first: beside the layer, then where the caller says.
 *
 * @param location of the layer, if it has one
 * @param name of the file that is looked for
 * @param bases images, and folders of images; what ends in a slash is a folder
 */
export function placesOfBase(
  location: string | undefined,
  name: Uint8Array,
  bases: readonly string[],
): string[] {
  const text = textOf(name);
  const beside = location === undefined || text === undefined
    ? []
    : [...new Set([text, text + storedForm(location)])].map((name) => besideAs(location, name));
  const inFolders = bases.filter(isFolder);
  const images = bases.filter((base) => !inFolders.includes(base));
  const sameName = images.filter((base) => nameOfLocation(base) === text);
  const others = images.filter((base) => !sameName.includes(base));
  const within = text === undefined ? [] : inFolders.map((folder) => withinFolder(folder, text));
  return [...new Set([...beside, ...sameName, ...within, ...others])];
}

/** Whoever encrypts one image as it is made does so with that below it: `photos.img.age`. */
function storedForm(location: string): string {
  return /(\.zst)?(\.age)?$/.exec(nameOfLocation(location))![0];
}

function isFolder(location: string): boolean {
  if (isRemote(location)) return location.endsWith("/");
  return location.endsWith("/") || fileStatus(location)?.isDirectory() === true;
}

function withinFolder(folder: string, name: string): string {
  return isRemote(folder) ? besideAs(folder, name) : join(folder, name);
}

/** A file of another name in the same folder; a query, which may be a key to all of it, stays. */
function besideAs(location: string, name: string): string {
  if (!isRemote(location)) return join(dirname(location), name);
  if (/^s3:/i.test(location)) return location.slice(0, location.lastIndexOf("/") + 1) + name;
  const url = new URL(location);
  const folder = url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
  url.pathname = folder + encodeURIComponent(name);
  return url.href;
}

/** @returns `undefined` for a name that no path of text has */
function textOf(name: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name);
  } catch {
    return undefined;
  }
}
