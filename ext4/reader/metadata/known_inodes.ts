/**
 * The metadata of all inodes of an image, packed while all of them are gone through anyway: whoever
 * walks through all folders then need not read and verify them once more.
 * @module
 */

import { CorruptImageError } from "../../image_errors.ts";
import { FILE_TYPE, fileTypeOfMode } from "../../structs/directory.ts";
import type { RawEntry } from "../directory/raw_entry.ts";
import { S_IFREG } from "../../tree.ts";
import { contentsOffset } from "../contents/contiguous_contents.ts";
import { hasFlag, type Inode, isType } from "../inode/inode.ts";
import { type Geometry, hasRoCompat } from "../layout/geometry.ts";
import { PackedStats, type PostedStats } from "./packed_stats.ts";
import { allocatedBytes, hasOneTime, statOf } from "./stat.ts";

/** So many take 45 MB; of more, none are kept. */
const MOST_INODES = 1_000_000;
const UNKNOWN = 0xffff_ffff;

/** All of them, as another thread can be posted them. */
export interface PostedInodes {
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly stats: PostedStats;
}

/** Those that a folder may name, and that are sound. */
export class KnownInodes {
  /**
   * @param rows the row of an inode, by its number
   * @param stats of all that are known
   */
  private constructor(
    private readonly rows: Uint32Array<ArrayBuffer>,
    readonly stats: PackedStats,
  ) {}

  /** For this many, numbered from 1 on; `undefined` where they would take too much memory. */
  static of(countInodes: number): KnownInodes | undefined {
    if (countInodes > MOST_INODES) return undefined;
    const rows = new Uint32Array(countInodes + 1).fill(UNKNOWN);
    return new KnownInodes(rows, new PackedStats());
  }

  /** Those that another thread has posted, of the same image. */
  static ofPosted({ rows, stats }: PostedInodes): KnownInodes {
    return new KnownInodes(rows, PackedStats.ofPosted(stats));
  }

  /** All of them, to be posted. */
  get posted(): PostedInodes {
    return { rows: this.rows, stats: this.stats.posted };
  }

  /** Adds one that was verified. What is wrong with it is left to those who come by it. */
  add(geometry: Geometry, inode: Inode): void {
    const isNamed = inode.countLinks > 0 && inode.number >= geometry.firstInode &&
      fileTypeOfMode(inode.mode) !== FILE_TYPE.unknown && !hasFlag(inode, "ea_inode");
    if (!isNamed) return;
    try {
      this.rows[inode.number] = this.#pack(geometry, inode);
    } catch (error) {
      if (!(error instanceof CorruptImageError)) throw error;
    }
  }

  /** Most are files with one time: their metadata are packed without being made. */
  #pack(geometry: Geometry, inode: Inode): number {
    const { stats } = this;
    const isPlain = isType(inode, S_IFREG) && hasOneTime(inode) &&
      !hasRoCompat(geometry, "project");
    if (!isPlain) return stats.add(statOf(geometry, inode));
    const contentsAt = contentsOffset(geometry, inode);
    return stats.addFile(inode, allocatedBytes(geometry, inode), contentsAt);
  }

  /** The row of what an entry names; `undefined` where it is not known, or does not fit the entry. */
  rowOf({ inode, fileType }: RawEntry): number | undefined {
    const row = this.rows[inode] ?? UNKNOWN;
    if (row === UNKNOWN) return undefined;
    const isOfType = fileType === FILE_TYPE.unknown ||
      fileType === fileTypeOfMode(this.stats.modeOf(row));
    return isOfType ? row : undefined;
  }

  /** Whether a row is that of a folder. */
  isFolder(row: number): boolean {
    return fileTypeOfMode(this.stats.modeOf(row)) === FILE_TYPE.directory;
  }
}
