/**
 * All names of some inodes.
 * @module
 */

import { BOOT_LOADER_INODE, type InodeNumber } from "../../ext4/numbers.ts";
import { printable } from "../../host/libc/paths.ts";
import type { ImageReader } from "../image_reader.ts";

/**
 * Looks for the names of inodes in all folders that can be read.
 * @param image opened so that what is broken is left out
 * @returns paths as they are shown, in order; an inode without a name is missing
 */
export async function namesOf(
  image: ImageReader,
  inodes: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const names = new Map<number, string[]>();
  if (inodes.size === 0) return names;
  for await (const { stat, pathText } of image.walk("/")) {
    if (!inodes.has(stat.inode)) continue;
    const paths = names.get(stat.inode) ?? [];
    paths.push(printable(pathText.replace(/^\//, "")));
    names.set(stat.inode, paths);
  }
  for (const paths of names.values()) paths.sort();
  return names;
}

/** A name for messages, of an inode that may have none. */
export function shownNames(
  names: ReadonlyMap<number, readonly string[]>,
  inode: InodeNumber | number,
): readonly string[] {
  if (inode === BOOT_LOADER_INODE) return ["the record of the files' contents"];
  return names.get(inode) ?? [`inode ${inode}, which no readable folder names`];
}
