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
import { PackedStats } from "./packed_stats.ts";
import { allocatedBytes, hasOneTime, statOf } from "./stat.ts";

/** So many take 45 MB; of more, none are kept. */
const MOST_INODES = 1_000_000;
const UNKNOWN = 0xffff_ffff;

/** Those that a folder may name, and that are sound. */
export class KnownInodes {
  /** Of all that are known. */
  readonly stats = new PackedStats();
  /** The row of an inode. */
  readonly #rows: Uint32Array;

  private constructor(private readonly geometry: Geometry, countInodes: number) {
    this.#rows = new Uint32Array(countInodes + 1).fill(UNKNOWN);
  }

  /** For this many, numbered from 1 on; `undefined` where they would take too much memory. */
  static of(geometry: Geometry, countInodes: number): KnownInodes | undefined {
    return countInodes > MOST_INODES ? undefined : new KnownInodes(geometry, countInodes);
  }

  /** Adds one that was verified. What is wrong with it is left to those who come by it. */
  add(inode: Inode): void {
    const isNamed = inode.countLinks > 0 && inode.number >= this.geometry.firstInode &&
      fileTypeOfMode(inode.mode) !== FILE_TYPE.unknown && !hasFlag(inode, "ea_inode");
    if (!isNamed) return;
    try {
      this.#rows[inode.number] = this.#pack(inode);
    } catch (error) {
      if (!(error instanceof CorruptImageError)) throw error;
    }
  }

  /** Most are files with one time: their metadata are packed without being made. */
  #pack(inode: Inode): number {
    const { geometry, stats } = this;
    const isPlain = isType(inode, S_IFREG) && hasOneTime(inode) &&
      !hasRoCompat(geometry, "project");
    if (!isPlain) return stats.add(statOf(geometry, inode));
    const contentsAt = contentsOffset(geometry, inode);
    return stats.addFile(inode, allocatedBytes(geometry, inode), contentsAt);
  }

  /** The row of what an entry names; `undefined` where it is not known, or does not fit the entry. */
  rowOf({ inode, fileType }: RawEntry): number | undefined {
    const row = this.#rows[inode] ?? UNKNOWN;
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
