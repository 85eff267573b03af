/**
 * What an image says of itself, for people.
 * @module
 */

import { COMPAT, featureNames, INCOMPAT, RO_COMPAT } from "../../features.ts";
import { joinHiLo } from "../../numbers.ts";
import { STATE_CLEAN } from "../../structs/superblock.ts";
import { type Geometry, hasCompat } from "../layout/geometry.ts";
import { pathText } from "../path.ts";

/** The superblock, as `icecore info` shows it. */
export interface ImageInfo {
  /** Judged by features: a journal makes it ext3, anything newer ext4. */
  readonly format: "ext2" | "ext3" | "ext4";
  /** At most 16 bytes; may be empty. */
  readonly label: string;
  /** 36 characters. */
  readonly uuid: string;
  /** As `dumpe2fs` prints them. */
  readonly features: readonly string[];
  /** 1,024 to 65,536. */
  readonly blockSizeBytes: number;
  /** All blocks of the file system. */
  readonly countBlocks: number;
  /** Those that nothing uses. */
  readonly countFreeBlocks: number;
  /** All inodes, the reserved ones counted. */
  readonly countInodes: number;
  /** Those that are not in use. */
  readonly countFreeInodes: number;
  /** Block groups. */
  readonly countGroups: number;
  /** 128 or more. */
  readonly inodeSizeBytes: number;
  /** Seconds since 1970; 0 where it never happened. */
  readonly madeSeconds: number;
  /** The last write. */
  readonly writtenSeconds: number;
  /** The last mount. */
  readonly mountedSeconds: number;
  /** Where it was mounted last; may be empty. */
  readonly lastMountpoint: string;
  /** Cleanly unmounted, without errors. */
  readonly isClean: boolean;
  /** Its journal was not empty: it is read as if it had been replayed, or as it is. */
  readonly journal: "none" | "clean" | "replayed" | "ignored";
}

/** The facts of a superblock. */
export function imageInfo(geometry: Geometry, journal: ImageInfo["journal"]): ImageInfo {
  const { raw } = geometry;
  return {
    format: formatOf(geometry),
    label: textField(raw.s_volume_name),
    uuid: uuidText(raw.s_uuid),
    features: [
      ...featureNames(geometry.featureCompat, COMPAT),
      ...featureNames(geometry.featureIncompat, INCOMPAT),
      ...featureNames(geometry.featureRoCompat, RO_COMPAT),
    ],
    blockSizeBytes: geometry.blockSizeBytes,
    countBlocks: geometry.countBlocks,
    countFreeBlocks: joinHiLo(
      geometry.wide ? raw.s_free_blocks_count_hi & 0xffff : 0,
      raw.s_free_blocks_count_lo,
    ),
    countInodes: geometry.countInodes,
    countFreeInodes: raw.s_free_inodes_count,
    countGroups: geometry.countGroups,
    inodeSizeBytes: geometry.inodeSizeBytes,
    madeSeconds: joinHiLo(raw.s_mkfs_time_hi, raw.s_mkfs_time),
    writtenSeconds: joinHiLo(raw.s_wtime_hi, raw.s_wtime),
    mountedSeconds: joinHiLo(raw.s_mtime_hi, raw.s_mtime),
    lastMountpoint: textField(raw.s_last_mounted),
    isClean: (raw.s_state & (STATE_CLEAN | STATE_ERRORS)) === STATE_CLEAN,
    journal,
  };
}

/** `s_state`: errors were found. */
const STATE_ERRORS = 2;

/** 16 bytes in the usual form of 36 characters. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function formatOf(geometry: Geometry): ImageInfo["format"] {
  const ext3 = INCOMPAT.filetype | INCOMPAT.needs_recovery | INCOMPAT.meta_bg;
  const ext3RoCompat = RO_COMPAT.sparse_super | RO_COMPAT.large_file | RO_COMPAT.btree_dir;
  const isNewer = (geometry.featureIncompat & ~ext3) !== 0 ||
    (geometry.featureRoCompat & ~ext3RoCompat) !== 0;
  if (isNewer) return "ext4";
  return hasCompat(geometry, "has_journal") ? "ext3" : "ext2";
}

function textField(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return pathText(end < 0 ? bytes : bytes.subarray(0, end));
}
