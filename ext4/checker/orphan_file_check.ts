/**
 * Checks the orphan file: in an image that was unmounted, it names no inode.
 *
 * Source: kernel fs/ext4/orphan.c, e2fsprogs e2fsck/super.c `check_init_orphan_file`.
 * @module
 */

import { crc32c, crc32cU32 } from "../crc32c.ts";
import { type FileBlock, highHalf, type InodeNumber, lowHalf } from "../numbers.ts";
import { FileData } from "../reader/contents/file_data.ts";
import { blockMapOf } from "../reader/contents/open_block_map.ts";
import { badChecksum, corrupt } from "../reader/corrupt.ts";
import { isType } from "../reader/inode/inode.ts";
import { hasCompat, hasRoCompat } from "../reader/layout/geometry.ts";
import { isZero } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import { ORPHAN_BLOCK_MAGIC, ORPHAN_BLOCK_TAIL } from "../structs/orphan_file.ts";
import { S_IFREG } from "../tree.ts";
import type { CheckState } from "./check_state.ts";

const STRUCTURE = ORPHAN_BLOCK_TAIL.name;
/** The kernel makes it of 32 blocks at the start, and of 512 at most. */
const MOST_BLOCKS = 1 << 16;

/**
 * Checks all blocks of the file, where the image has one.
 * @throws CorruptImageError when one is broken
 */
export function* checkOrphanFile({ volume }: CheckState): Reading<void> {
  const { geometry } = volume;
  if (!hasCompat(geometry, "orphan_file")) return;
  const number = geometry.raw.s_orphan_file_inum as InodeNumber;
  const bad = (why: string, fields = {}) =>
    corrupt("orphan-file", STRUCTURE, why, { inode: number, ...fields });
  if (number === 0 || number > geometry.countInodes) throw bad("there is no such inode");
  const inode = yield* volume.inodes.load(number);
  const { blockSizeBytes } = geometry;
  const countBlocks = inode.sizeBytes / blockSizeBytes;
  if (!isType(inode, S_IFREG) || !Number.isInteger(countBlocks) || countBlocks > MOST_BLOCKS) {
    throw bad("it is not a file that can hold orphans", { i_size: inode.sizeBytes });
  }
  const data = yield* FileData.open(volume, inode);
  const map = blockMapOf(volume, inode);
  const tailAt = blockSizeBytes - ORPHAN_BLOCK_TAIL.sizeBytes;
  for (let fileBlock = 0 as FileBlock; fileBlock < countBlocks; fileBlock++) {
    const bytes = yield* data.block(fileBlock);
    if (bytes === undefined) throw bad("it has a hole", { fileBlock });
    const { ob_magic, ob_checksum } = ORPHAN_BLOCK_TAIL.decode(bytes, tailAt);
    if (ob_magic !== ORPHAN_BLOCK_MAGIC) throw bad("ob_magic is wrong", { fileBlock, ob_magic });
    if (geometry.metadataChecksums) {
      const segment = yield* map.segmentAt(fileBlock);
      const block = segment.block + fileBlock - segment.start;
      const seed = crc32cU32(crc32cU32(inode.seed, lowHalf(block)), highHalf(block));
      const computed = crc32c(seed, bytes, 0, tailAt);
      if (computed !== ob_checksum) {
        const fields = { inode: number, fileBlock };
        throw badChecksum("orphan-file", STRUCTURE, ob_checksum, computed, fields);
      }
    }
    if (!hasRoCompat(geometry, "orphan_present") && !isZero(bytes, 0, tailAt)) {
      throw bad("it names inodes, and the image says that there are none", { fileBlock });
    }
  }
}
