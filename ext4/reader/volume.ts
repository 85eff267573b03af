/**
 * What all parts of the reader share: an image that is open.
 * @module
 */

import type { BlockNumber, InodeNumber } from "../numbers.ts";
import type { BlockCache } from "./bytes/block_cache.ts";
import { corrupt } from "./corrupt.ts";
import type { RawEntry } from "./directory/raw_entry.ts";
import type { InodeTable } from "./inode/inode_table.ts";
import type { Geometry } from "./layout/geometry.ts";
import type { GroupTable } from "./layout/group_table.ts";
import type { SystemZones } from "./layout/system_zones.ts";
import type { LeavingOut } from "./leave_out.ts";
import type { Reading } from "./reading.ts";

/** What no folder of a damaged image names any more. */
export interface Lost {
  /** Whether a folder, whose entries are known, is where it is found. */
  isFolder(inode: InodeNumber): boolean;
  /** What a folder holds beside its own entries: of the root, perhaps `lost+found` itself. */
  entriesIn(folder: InodeNumber): Reading<readonly RawEntry[]>;
  /** The entry of a folder with a name. */
  find(folder: InodeNumber, name: Uint8Array): Reading<RawEntry | undefined>;
}

/** An open image. */
export interface Volume {
  readonly geometry: Geometry;
  readonly cache: BlockCache;
  readonly groups: GroupTable;
  readonly zones: SystemZones;
  readonly inodes: InodeTable;
  /** Who receives what is left out. */
  readonly leaving: LeavingOut;
  /** What no folder names, where what is broken is left out. */
  readonly lost?: Lost;
  /** Blocks that are there: fewer than it should have where the image is cut short. */
  readonly countBlocksThere: number;
  /** To be called after each some ten thousand entries of a folder. */
  afterMany(): void;
}

/**
 * Refuses blocks that no file can own.
 * @param structure,inode what refers to them
 * @throws CorruptImageError when one is out of range or not there, or belongs to the file system
 * itself
 */
export function requireFileBlocks(
  volume: Volume,
  block: number,
  countBlocks: number,
  structure: string,
  inode: number,
): void {
  const { firstDataBlock, countBlocks: end } = volume.geometry;
  if (block <= firstDataBlock || block + countBlocks > end) {
    throw corrupt("block-range", structure, "it points outside the image", {
      inode,
      block,
      countBlocks,
      s_blocks_count: end,
    });
  }
  if (block + countBlocks > volume.countBlocksThere) {
    throw corrupt("truncated", structure, "the image is cut short before its end", {
      inode,
      block,
      countBlocks,
      blocksThere: volume.countBlocksThere,
    });
  }
  if (volume.zones.overlaps(block, countBlocks)) {
    throw corrupt("block-metadata", structure, "it points into the file system's own blocks", {
      inode,
      block,
      countBlocks,
    });
  }
}

/** A whole block of the image from the cache. */
export function* loadBlock(volume: Volume, block: BlockNumber): Reading<Uint8Array> {
  const size = volume.geometry.blockSizeBytes;
  return volume.cache.peek(block * size, size) ?? (yield* volume.cache.load(block * size, size));
}
