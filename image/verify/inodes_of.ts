/**
 * The files that paths lead to.
 * @module
 */

import type { ImagePath } from "../../ext4/reader/path.ts";
import { hasType, S_IFLNK, S_IFREG, type TreeInode } from "../../ext4/tree.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { readImageTree } from "../image_tree.ts";
import { openImage } from "../open_image.ts";

/** What has contents of its own, all below folders included. */
export async function inodesOf(
  source: HostBlockSource,
  paths: readonly ImagePath[],
  signal: AbortSignal,
): Promise<Set<number>> {
  await using image = await openImage(source, { cacheBytes: 8 << 20 });
  const { tree, inodeOf } = await readImageTree(image, { paths, signal });
  const inodes = new Set<number>();
  for (let row = 0; row < tree.countInodes; row++) {
    const hasContents = hasType(tree, row, S_IFREG) || hasType(tree, row, S_IFLNK);
    if (hasContents) inodes.add(inodeOf(row as TreeInode));
  }
  return inodes;
}
