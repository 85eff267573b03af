/**
 * Files that lie in one piece, read at once: of many small files, opening each would be most of
 * the work.
 * @module
 */

import type { InodeNumber } from "../numbers.ts";
import { S_IFREG } from "../tree.ts";
import { entryStart, extentBlock, extentLength, extentRoot, isUnwritten } from "./extent_node.ts";
import { requirePlain } from "./file_data.ts";
import { hasFlag, type Inode, isInline, isType } from "./inode.ts";
import type { Reading } from "./reading.ts";
import type { Volume } from "./volume.ts";

/**
 * Reads all of a regular file that lies in one piece.
 *
 * @param into as large as the file
 * @returns false, and nothing was read, where it is of another size, or not in one piece
 */
export function* readContiguous(
  volume: Volume,
  number: InodeNumber,
  into: Uint8Array,
): Reading<boolean> {
  const inode = volume.inodes.peek(number) ?? (yield* volume.inodes.load(number));
  if (!isType(inode, S_IFREG) || inode.sizeBytes !== into.length) return false;
  requirePlain(inode);
  const offset = onlyPiece(volume, inode);
  if (offset === undefined) return false;
  yield* volume.cache.copy(offset, into);
  return true;
}

/** Where the contents begin in the image, in bytes; `undefined` where they are not in one piece. */
function onlyPiece(volume: Volume, inode: Inode): number | undefined {
  const { geometry } = volume;
  if (isInline(geometry, inode) || !hasFlag(inode, "extents")) return undefined;
  const root = extentRoot(volume, inode);
  if (root.depth !== 0 || root.countEntries !== 1) return undefined;
  if (entryStart(root, 0) !== 0 || isUnwritten(root, 0)) return undefined;
  const isWhole = extentLength(root, 0) * geometry.blockSizeBytes >= inode.sizeBytes;
  return isWhole ? extentBlock(root, 0) * geometry.blockSizeBytes : undefined;
}
