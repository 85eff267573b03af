/**
 * Where a symbolic link points.
 * @module
 */

import { I_BLOCK_SIZE_BYTES } from "../../structs/inode.ts";
import { FileData, requirePlain } from "../contents/file_data.ts";
import { corrupt } from "../corrupt.ts";
import { blockField, hasFlag, type Inode, isInline } from "../inode/inode.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";

/**
 * The target of a symbolic link, a copy.
 * @throws CorruptImageError when it is empty, too long, or has a NUL
 * @throws UnsupportedFeatureError when it is encrypted
 */
export function* loadLinkTarget(volume: Volume, inode: Inode): Reading<Uint8Array> {
  const { sizeBytes, number } = inode;
  if (sizeBytes === 0 || sizeBytes > volume.geometry.blockSizeBytes) {
    throw corrupt(
      "symlink-size",
      "ext4_inode",
      "i_size is not a size that a symbolic link can have",
      {
        inode: number,
        i_size: sizeBytes,
      },
    );
  }
  requirePlain(inode);
  let target: Uint8Array;
  if (isFastLink(volume, inode)) {
    target = blockField(inode).slice(0, sizeBytes);
  } else {
    target = new Uint8Array(sizeBytes);
    yield* (yield* FileData.open(volume, inode)).read(0, target);
  }
  if (target.includes(0)) {
    throw corrupt("symlink-target", "ext4_inode", "the link's target has a NUL", { inode: number });
  }
  return target;
}

/** Whether a link's target lies in `i_block`. */
export function isFastLink(volume: Volume, inode: Inode): boolean {
  return inode.sizeBytes < I_BLOCK_SIZE_BYTES && !hasFlag(inode, "extents") &&
    !isInline(volume.geometry, inode);
}
