/**
 * What the next image of a series is called, and what it is built on.
 * @module
 */

import { datedName } from "./dated_name.ts";
import type { FolderImage } from "./image_folder.ts";

/** The next image. */
export interface NextImage {
  readonly name: string;
  /** What it stores the changes since; missing where it is a full one. */
  readonly base?: FolderImage;
}

/**
 * Decides it. Pure.
 *
 * @param images Of the whole folder, oldest first.
 * @param fullEvery A full image, then so many less one on top of it; 1: all are full.
 * @param taken Whether a file has a name.
 */
export function nextImage(
  images: readonly FolderImage[],
  { series, origin }: Pick<FolderImage, "origin"> & { readonly series: string },
  timeMs: number,
  fullEvery: number,
  taken: (name: string) => boolean,
): NextImage {
  const isOfIt = (image: FolderImage) =>
    image.series === series && (image.origin ?? origin) === origin && image.takenMs! <= timeMs;
  const name = freeName(series, timeMs, taken);
  // Nothing is built on what was not verified: all that is built on it would be worth as little.
  const newest = images.findLast((image) => isOfIt(image) && image.isVerified);
  const isChainFull = newest === undefined || heightOf(newest, images) >= fullEvery;
  return isChainFull || newest.face?.hasRecord !== true ? { name } : { name, base: newest };
}

function freeName(series: string, timeMs: number, taken: (name: string) => boolean): string {
  let name = datedName(series, timeMs);
  // What is there may be what this one is built on.
  for (let at = timeMs; taken(name); at += 1000) name = datedName(series, at, true);
  return name;
}

/** How many images are read together for this one. */
export function heightOf(image: FolderImage, images: readonly FolderImage[]): number {
  let height = 1;
  for (let at: FolderImage | undefined = image; at?.baseName !== undefined; height++) {
    const { baseName }: FolderImage = at;
    at = images.find(({ name }) => name === baseName);
    if (height > images.length) break;
  }
  return height;
}
