/**
 * The files that paths lead to.
 * @module
 */

import type { ImagePath } from "../../ext4/reader/path.ts";
import { hasType, S_IFLNK, S_IFREG, type TreeInode } from "../../ext4/tree.ts";
import type { OpenImageOptions } from "../image_reader.ts";
import { readImageTree } from "../image_tree.ts";
import { inLayer, layerOf } from "../stack/layer.ts";
import { openReader } from "../stack/open_reader.ts";

/** What has contents of its own, all below folders included: of each image, topmost first. */
export async function inodesOfLayers(
  location: string,
  paths: readonly ImagePath[],
  options: OpenImageOptions,
): Promise<Set<number>[]> {
  const { reader, layers } = await openReader(location, { ...options, cacheBytes: 8 << 20 });
  await using image = reader;
  const signal = options.signal ?? new AbortController().signal;
  const { tree, inodeOf } = await readImageTree(image, { paths, signal });
  const inodes = layers.map(() => new Set<number>());
  for (let row = 0; row < tree.countInodes; row++) {
    if (!hasType(tree, row, S_IFREG) && !hasType(tree, row, S_IFLNK)) continue;
    const number = inodeOf(row as TreeInode);
    const layer = layerOf(layers, number);
    inodes[layers.indexOf(layer)]!.add(inLayer(layer, number));
  }
  return inodes;
}
