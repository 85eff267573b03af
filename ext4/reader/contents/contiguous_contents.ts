/**
 * Contents that lie in one piece, as those of most files do: the inode alone says where, and of
 * many small files opening each would be most of the work.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { EXTENT, EXTENT_HEADER, EXTENT_MAGIC, EXTENT_MAX_BLOCKS } from "../../structs/extent.ts";
import { INODE } from "../../structs/inode.ts";
import { S_IFREG } from "../../tree.ts";
import { hasFlag, type Inode, isInline, isType } from "../inode/inode.ts";
import type { Geometry } from "../layout/geometry.ts";
import { u16At, u32At } from "../little_endian.ts";
import { settle } from "../reading.ts";
import { requireFileBlocks, type Volume } from "../volume.ts";

const EXTENT_AT = INODE.offsets.i_block + EXTENT_HEADER.sizeBytes;

/**
 * Where the contents of a regular file begin in the image, in bytes. Only a hint: whoever reads
 * there checks what it is.
 * @returns `undefined` where they are empty, not in one piece, encrypted, or it cannot be determined
 */
export function contentsOffset(geometry: Geometry, inode: Inode): number | undefined {
  if (!isType(inode, S_IFREG) || !hasFlag(inode, "extents")) return undefined;
  if (isInline(geometry, inode) || hasFlag(inode, "encrypt")) return undefined;
  const { block, start, sizeBytes } = inode;
  const header = start + INODE.offsets.i_block;
  const isOneExtent = u16At(block, header + EXTENT_HEADER.offsets.eh_magic) === EXTENT_MAGIC &&
    u16At(block, header + EXTENT_HEADER.offsets.eh_depth) === 0 &&
    u16At(block, header + EXTENT_HEADER.offsets.eh_entries) === 1;
  if (!isOneExtent) return undefined;
  const extent = start + EXTENT_AT;
  const ee_len = u16At(block, extent + EXTENT.offsets.ee_len);
  // More would be blocks that are only reserved.
  const isWhole = u32At(block, extent + EXTENT.offsets.ee_block) === 0 &&
    ee_len <= EXTENT_MAX_BLOCKS && ee_len * geometry.blockSizeBytes >= sizeBytes;
  if (!isWhole || sizeBytes === 0) return undefined;
  const first = u16At(block, extent + EXTENT.offsets.ee_start_hi) * 0x1_0000_0000 +
    u32At(block, extent + EXTENT.offsets.ee_start_lo);
  return first * geometry.blockSizeBytes;
}

/**
 * Reads contents that lie in one piece.
 * @param offsetBytes as {@link contentsOffset} gave it
 * @param into as large as the file
 * @returns a promise only where the source gave one
 * @throws CorruptImageError where no file can have contents
 */
export function readContiguous(
  volume: Volume,
  inode: InodeNumber,
  offsetBytes: number,
  into: Uint8Array,
): void | Promise<void> {
  requireContents(volume, inode, offsetBytes, into.length);
  return settle(volume.cache.copy(offsetBytes, into));
}

/** @throws CorruptImageError where no file can have contents */
export function requireContents(
  volume: Volume,
  inode: InodeNumber,
  offsetBytes: number,
  sizeBytes: number,
): void {
  const { blockSizeBytes } = volume.geometry;
  const countBlocks = Math.ceil(sizeBytes / blockSizeBytes);
  requireFileBlocks(volume, offsetBytes / blockSizeBytes, countBlocks, "ext4_extent", inode);
}
