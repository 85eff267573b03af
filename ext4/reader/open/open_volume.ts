/**
 * Opens an image for reading: superblock, descriptors, and the journal where it matters.
 * @module
 */

import { CorruptImageError } from "../../image_errors.ts";
import { ROOT_INODE } from "../../numbers.ts";
import { SUPERBLOCK, SUPERBLOCK_OFFSET_BYTES } from "../../structs/superblock.ts";
import { BlockCache, type CacheOptions } from "../bytes/block_cache.ts";
import type { BlockSource } from "../bytes/block_source.ts";
import { corrupt } from "../corrupt.ts";
import { LostInodes } from "../directory/lost_inodes.ts";
import { InodeTable, STAND_IN_INODE } from "../inode/inode_table.ts";
import { JournalLog } from "../journal/log.ts";
import { overlaySource } from "../journal/overlay_source.ts";
import { type DroppedTransactions, findLoggedBlocks } from "../journal/replay.ts";
import { type Geometry, hasCompat, hasIncompat, parseGeometry } from "../layout/geometry.ts";
import { GroupTable } from "../layout/group_table.ts";
import { readSystemZones } from "../layout/system_zones.ts";
import { leaveOut, type LeavingOut, type OnBroken } from "../leave_out.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { loadRoot } from "../walk/resolve.ts";
import type { ImageInfo } from "./image_info.ts";
import { mendedSource } from "./mended_source.ts";

/** How an image is opened. */
export interface OpenOptions extends CacheOptions, LeavingOut {
  /**
   * What to do about a journal that was not replayed because the image was not unmounted:
   * `replay` it in memory, which changes nothing on disk (the default), or `ignore` it.
   */
  readonly journal?: "replay" | "ignore";
  /**
   * Makes the most of a broken image: copies of superblock and group descriptors are read in place
   * of broken ones, and an image that is cut short is read as far as it goes.
   */
  readonly onBroken?: OnBroken | undefined;
  /** Called within a long folder now and then: the time to free what has become garbage. */
  readonly afterMany?: () => void;
}

/** An open image, and what became of its journal. */
export interface OpenVolume {
  readonly volume: Volume;
  readonly journal: ImageInfo["journal"];
  /** What a replay leaves out of a journal that is damaged in between. */
  readonly dropped?: DroppedTransactions;
}

/**
 * Opens an image.
 * @throws CorruptImageError when it is not an image, is cut short, or is broken
 * @throws UnsupportedFeatureError when it uses a feature that is not known
 */
export function* openVolume(source: BlockSource, options: OpenOptions): Reading<OpenVolume> {
  const { onBroken } = options;
  if (onBroken === undefined) return yield* openReplayed(source, options);
  const opened = yield* openReplayed(yield* mendedSource(source, onBroken), options);
  const { volume } = opened;
  yield* standInForRoot(volume, onBroken);
  volume.inodes.addStandIn(STAND_IN_INODE);
  return { ...opened, volume: { ...volume, lost: new LostInodes(volume) } };
}

function* openReplayed(source: BlockSource, options: OpenOptions): Reading<OpenVolume> {
  const volume = yield* openOnce(source, options);
  const { geometry } = volume;
  if (!hasIncompat(geometry, "needs_recovery")) {
    return { volume, journal: hasCompat(geometry, "has_journal") ? "clean" : "none" };
  }
  if (options.journal === "ignore") return { volume, journal: "ignored" };
  try {
    const log = yield* JournalLog.open(volume);
    const { blocks, ...dropped } = yield* findLoggedBlocks(log);
    if (blocks.size === 0) return { volume, journal: "replayed", ...dropped };
    const overlay = overlaySource(source, geometry.blockSizeBytes, log, blocks);
    return { volume: yield* openOnce(overlay, options), journal: "replayed", ...dropped };
  } catch (error) {
    leaveOut(error, options, () => undefined);
    return { volume, journal: "ignored" };
  }
}

/** Where the root is gone, an empty folder stands in for it: its files are in `lost+found`. */
function* standInForRoot(volume: Volume, onBroken: OnBroken): Reading<void> {
  try {
    yield* loadRoot(volume);
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    volume.inodes.addStandIn(ROOT_INODE);
    onBroken(error, new Uint8Array());
  }
}

function* openOnce(source: BlockSource, options: OpenOptions): Reading<Volume> {
  const cache = new BlockCache(source, options);
  const geometry = yield* loadGeometry(source, cache, options.onBroken);
  const groups = new GroupTable(geometry, cache);
  const zones = yield* readSystemZones(geometry, groups, options);
  const countBlocksThere = Math.min(
    Math.floor(source.sizeBytes / geometry.blockSizeBytes),
    geometry.countBlocks,
  );
  const inodes = new InodeTable(geometry, cache, groups);
  const { afterMany = () => {} } = options;
  return { geometry, cache, groups, zones, inodes, leaving: options, countBlocksThere, afterMany };
}

function* loadGeometry(
  source: BlockSource,
  cache: BlockCache,
  onBroken: OnBroken | undefined,
): Reading<Geometry> {
  if (source.sizeBytes < SUPERBLOCK_OFFSET_BYTES + SUPERBLOCK.sizeBytes) {
    const { sizeBytes } = source;
    throw new CorruptImageError(
      "truncated",
      SUPERBLOCK.name,
      `cannot read ${SUPERBLOCK.name}: the image ends before its superblock (${sizeBytes} bytes). ` +
        "See whether it is the right file; if it is, use another copy of it.",
      { sizeBytes },
    );
  }
  const geometry = parseGeometry(
    yield* cache.load(SUPERBLOCK_OFFSET_BYTES, SUPERBLOCK.sizeBytes),
  );
  const expected = geometry.countBlocks * geometry.blockSizeBytes;
  if (source.sizeBytes < expected) {
    const error = corrupt("truncated", SUPERBLOCK.name, "the image is cut short", {
      sizeBytes: source.sizeBytes,
      expected,
    });
    if (onBroken === undefined) throw error;
    onBroken(error, undefined);
  }
  return geometry;
}
