/**
 * The stretches of an image that belong to the file system itself, and what each is.
 * @module
 */

import { BOOT_LOADER_INODE, type GroupNumber, type InodeNumber } from "../numbers.ts";
import { type Geometry, hasCompat } from "./layout/geometry.ts";
import { countHeadBlocks, firstBlockOfGroup, groupHasSuperblock } from "./layout/group_layout.ts";
import { leaveOut } from "./leave_out.ts";
import { loadStretches } from "./metadata/stretches.ts";
import type { Reading } from "./reading.ts";
import type { Volume } from "./volume.ts";

/** What a stretch of an image is there for. */
export type ZoneKind =
  /** A superblock and the descriptors of all groups, at the start. */
  | "superblock"
  /** A copy of them, for the day the first ones are damaged. */
  | "superblock-copy"
  /** Which blocks and inodes are in use. */
  | "bitmaps"
  /** The inodes: size, times, owner and place of each file. */
  | "inodes"
  /** What was written last, before it is at its place. */
  | "journal"
  /** Digests of the files' contents, which icecore keeps. */
  | "record";

/** A stretch of the image. */
export interface Zone {
  readonly kind: ZoneKind;
  readonly startBytes: number;
  readonly lengthBytes: number;
}

/**
 * All of them, group by group; those of damaged groups are left out where that is wanted.
 * @param hasRecord whether inode 5 holds a record
 */
export function* loadZones(volume: Volume, hasRecord: boolean): Reading<Zone[]> {
  const { geometry, groups } = volume;
  const size = geometry.blockSizeBytes;
  const zones: Zone[] = [];
  const add = (kind: ZoneKind, block: number, countBlocks: number) => {
    zones.push({ kind, startBytes: block * size, lengthBytes: countBlocks * size });
  };
  for (let i = 0; i < geometry.countGroups; i++) {
    const group = i as GroupNumber;
    const head = countHeadBlocks(geometry, group);
    if (head > 0) add(headKind(geometry, group), firstBlockOfGroup(geometry, group), head);
    try {
      const info = yield* groups.load(group);
      add("bitmaps", info.blockBitmap, 1);
      add("bitmaps", info.inodeBitmap, 1);
      add("inodes", info.inodeTable, geometry.inodeTableBlocks);
    } catch (error) {
      leaveOut(error, volume.leaving, () => undefined);
    }
  }
  if (hasRecord) zones.push(...yield* contentsOf(volume, BOOT_LOADER_INODE, "record"));
  const journal = geometry.raw.s_journal_inum as InodeNumber;
  if (hasCompat(geometry, "has_journal") && journal > 0 && journal <= geometry.countInodes) {
    zones.push(...yield* contentsOf(volume, journal, "journal"));
  }
  return zones;
}

function headKind(geometry: Geometry, group: GroupNumber): ZoneKind {
  return group > 0 && groupHasSuperblock(geometry, group) ? "superblock-copy" : "superblock";
}

function* contentsOf(volume: Volume, inode: InodeNumber, kind: ZoneKind): Reading<Zone[]> {
  try {
    const stretches = yield* loadStretches(volume, inode);
    return stretches.map(({ imageOffsetBytes, lengthBytes }) => ({
      kind,
      startBytes: imageOffsetBytes,
      lengthBytes,
    }));
  } catch (error) {
    leaveOut(error, volume.leaving, () => undefined);
    return [];
  }
}
