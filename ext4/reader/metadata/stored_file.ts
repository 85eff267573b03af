/**
 * Where the contents of a file lie in the image.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { S_IFLNK, S_IFREG } from "../../tree.ts";
import { contentsOffset, requireContents } from "../contents/contiguous_contents.ts";
import { hasFlag, isInline, isType, parseInode } from "../inode/inode.ts";
import { isZero } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { isFastLink } from "./link_target.ts";
import { type Stretch, stretchesOf } from "./stretches.ts";

/** A regular file, or a symbolic link whose target lies in a block. */
export interface StoredFile {
  readonly inode: InodeNumber;
  readonly isLink: boolean;
  readonly sizeBytes: number;
  /** In the order of the file; what is between is holes. */
  readonly stretches: readonly Stretch[];
}

/**
 * A regular file in use whose contents lie in one piece, as those of most do, where its inode need
 * not be waited for: of a million files, that is most of the work.
 * @returns `undefined` for all else
 * @throws CorruptImageError
 */
export function peekStoredFile(volume: Volume, number: InodeNumber): StoredFile | undefined {
  const inode = volume.inodes.peekUsed(number);
  if (inode === undefined || hasFlag(inode, "ea_inode")) return undefined;
  const { geometry } = volume;
  const imageOffsetBytes = contentsOffset(geometry, inode);
  if (imageOffsetBytes === undefined) return undefined;
  const { sizeBytes } = inode;
  requireContents(volume, number, imageOffsetBytes, sizeBytes);
  const stretch = { offsetBytes: 0, lengthBytes: sizeBytes, imageOffsetBytes };
  return { inode: number, isLink: false, sizeBytes, stretches: [stretch] };
}

/** Reads the map of an inode; `undefined` for what has no contents in blocks. */
export function* loadStoredFile(
  volume: Volume,
  number: InodeNumber,
): Reading<StoredFile | undefined> {
  const { geometry, inodes } = volume;
  const { block, start } = yield* inodes.loadBytes(number);
  if (isZero(block, start, start + geometry.inodeSizeBytes)) return undefined;
  const inode = parseInode(geometry, number, block, start);
  const isLink = isType(inode, S_IFLNK) && !isFastLink(volume, inode);
  if (inode.countLinks === 0 || !(isLink || isType(inode, S_IFREG))) return undefined;
  if (hasFlag(inode, "ea_inode") || isInline(geometry, inode)) return undefined;
  return {
    inode: number,
    isLink,
    sizeBytes: inode.sizeBytes,
    stretches: yield* stretchesOf(volume, inode),
  };
}
