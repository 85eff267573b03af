/**
 * Claims and checks the block by which hosts agree on who has the image mounted.
 * @module
 */

import { crc32c } from "../crc32c.ts";
import type { BlockNumber } from "../numbers.ts";
import { badChecksum, corrupt, hex } from "../reader/corrupt.ts";
import { hasIncompat } from "../reader/layout/geometry.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock } from "../reader/volume.ts";
import { MMP, MMP_MAGIC, MMP_SEQ_CLEAN, MMP_SEQ_MAX } from "../structs/mmp.ts";
import type { CheckState } from "./check_state.ts";
import { mmpBlockOf } from "./superblock_fields_check.ts";

/**
 * Checks the block, where the image has one.
 * @throws CorruptImageError when it is broken
 */
export function* checkMmpBlock({ used, volume }: CheckState): Reading<void> {
  const { geometry } = volume;
  const block = mmpBlockOf(geometry);
  if (!hasIncompat(geometry, "mmp") || block === undefined) return;
  const isTaken = used.claim(block, 1) !== undefined;
  const bytes = yield* loadBlock(volume, block as BlockNumber);
  const { mmp_magic, mmp_seq, mmp_checksum } = MMP.decode(bytes);
  if (mmp_magic !== MMP_MAGIC) {
    throw corrupt("mmp", MMP.name, "mmp_magic is wrong", { block, mmp_magic });
  }
  if (geometry.metadataChecksums) {
    const computed = crc32c(geometry.seed, bytes, 0, MMP.offsets.mmp_checksum);
    if (computed !== mmp_checksum) {
      throw badChecksum("mmp", MMP.name, mmp_checksum, computed, { block });
    }
  }
  if (mmp_seq > MMP_SEQ_MAX && mmp_seq !== MMP_SEQ_CLEAN) {
    const why = "a check of the image was interrupted, or mmp_seq is wrong";
    throw corrupt("mmp", MMP.name, why, { block, mmp_seq: hex(mmp_seq) });
  }
  // With bigalloc it may share a cluster with other blocks of the file system's own.
  if (!isTaken || geometry.blocksPerCluster > 1) return;
  throw corrupt("block-twice", MMP.name, "the block has another owner", { block });
}
