/**
 * What the beginning of a file says of an image of ext2, ext3 or ext4, without judging it.
 * @module
 */

import { INCOMPAT } from "../../ext4/features.ts";
import {
  SUPERBLOCK,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_OFFSET_BYTES,
} from "../../ext4/structs/superblock.ts";

/** So much of it has to be read. */
export const EXT_HEAD_BYTES = SUPERBLOCK_OFFSET_BYTES + SUPERBLOCK.sizeBytes;

/** What a superblock says. */
export interface ExtHead {
  /** Size of the image in bytes; what a damaged superblock says may be anything. */
  readonly sizeBytes: number;
  /** Empty where it has none. */
  readonly label: Uint8Array;
}

/** @returns `undefined` where there is no superblock. */
export function extHeadOf(head: Uint8Array): ExtHead | undefined {
  if (head.length < EXT_HEAD_BYTES) return undefined;
  const raw = SUPERBLOCK.decode(head, SUPERBLOCK_OFFSET_BYTES);
  if (raw.s_magic !== SUPERBLOCK_MAGIC) return undefined;
  const is64Bit = (raw.s_feature_incompat & INCOMPAT["64bit"]) !== 0;
  const countBlocks = raw.s_blocks_count_lo + (is64Bit ? raw.s_blocks_count_hi * 2 ** 32 : 0);
  const end = raw.s_volume_name.indexOf(0);
  return {
    sizeBytes: countBlocks * 1024 * 2 ** raw.s_log_block_size,
    label: end < 0 ? raw.s_volume_name : raw.s_volume_name.subarray(0, end),
  };
}
