/**
 * Chooses the block map that an inode has.
 * @module
 */

import { hasFlag, type Inode } from "../inode/inode.ts";
import type { Volume } from "../volume.ts";
import type { BlockMap } from "./block_map.ts";
import { ExtentMap } from "./extent_map.ts";
import { IndirectMap } from "./indirect_map.ts";

/** The map of an inode that has blocks at all (not inline, not a device, not a short link). */
export function blockMapOf(volume: Volume, inode: Inode): BlockMap {
  return hasFlag(inode, "extents") ? new ExtentMap(volume, inode) : new IndirectMap(volume, inode);
}
