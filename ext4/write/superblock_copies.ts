/**
 * The superblock and its copies.
 * @module
 */

import { superblockChecksum } from "../checksums.ts";
import { HASH_HALF_MD4 } from "../dirhash.ts";
import { FIRST_INODE, highHalf, lowHalf } from "../numbers.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { groupsWithSuperblock } from "../sparse_super.ts";
import { GROUP_DESCRIPTOR } from "../structs/group_descriptor.ts";
import { EXTRA_ISIZE_BYTES, INODE_SIZE_BYTES } from "../structs/inode.ts";
import {
  CHECKSUM_CRC32C,
  FLAG_UNSIGNED_HASH,
  STATE_CLEAN,
  SUPERBLOCK,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_OFFSET_BYTES,
} from "../structs/superblock.ts";
import type { Run } from "./run.ts";

/** `s_errors`: go on. */
const ERRORS_CONTINUE = 1;
/** `s_rev_level`: inodes have a size of their own. */
const DYNAMIC_REV = 1;
/** `s_max_mnt_count`: never check because of mounts. */
const NEVER = 0xffff;
/** `s_default_mount_opts`: `user_xattr` and `acl`. */
const MOUNT_USER_XATTR_AND_ACL = 0x000c;

/** The block with the superblock of a group. */
export function* superblockRuns(plan: ImagePlan, group: number): Generator<Run> {
  const { blockSizeBytes } = plan;
  const bytes = new Uint8Array(blockSizeBytes);
  const at = group === 0 && blockSizeBytes > SUPERBLOCK_OFFSET_BYTES ? SUPERBLOCK_OFFSET_BYTES : 0;
  bytes.set(encodeSuperblock(plan, group), at);
  yield { kind: "bytes", bytes };
}

/** The 1,024 bytes of a superblock. */
function encodeSuperblock(plan: ImagePlan, group: number): Uint8Array {
  const { geometry, options, features } = plan;
  const { countGroups, countBlocks } = geometry;
  const countInodes = countGroups * geometry.inodesPerGroup;
  const countFree = geometry.free.reduce((sum, piece) => sum + piece.countBlocks, 0);
  const logBlockSize = Math.log2(geometry.blockSizeBytes / 1024);
  const time = lowHalf(options.writeTimeSeconds);
  const timeHigh = highHalf(options.writeTimeSeconds);

  const bytes = SUPERBLOCK.encode({
    s_inodes_count: countInodes,
    s_blocks_count_lo: lowHalf(countBlocks),
    s_blocks_count_hi: highHalf(countBlocks),
    s_free_blocks_count_lo: lowHalf(countFree),
    s_free_blocks_count_hi: highHalf(countFree),
    s_free_inodes_count: countInodes - plan.countInodes,
    s_first_data_block: geometry.firstDataBlock,
    s_log_block_size: logBlockSize,
    s_log_cluster_size: logBlockSize,
    s_blocks_per_group: geometry.blocksPerGroup,
    s_clusters_per_group: geometry.blocksPerGroup,
    s_inodes_per_group: geometry.inodesPerGroup,
    s_wtime: time,
    s_wtime_hi: timeHigh,
    s_max_mnt_count: NEVER,
    s_magic: SUPERBLOCK_MAGIC,
    s_state: STATE_CLEAN,
    s_errors: ERRORS_CONTINUE,
    s_lastcheck: time,
    s_lastcheck_hi: timeHigh,
    s_rev_level: DYNAMIC_REV,
    s_first_ino: FIRST_INODE,
    s_inode_size: INODE_SIZE_BYTES,
    // 16 bits are all there is; mke2fs and the kernel cut it as well.
    s_block_group_nr: group & 0xffff,
    s_feature_compat: features.compat,
    s_feature_incompat: features.incompat,
    s_feature_ro_compat: features.roCompat,
    s_uuid: options.uuid,
    s_volume_name: options.label,
    s_hash_seed: plan.hashSeed,
    s_def_hash_version: HASH_HALF_MD4,
    s_desc_size: GROUP_DESCRIPTOR.sizeBytes,
    s_default_mount_opts: MOUNT_USER_XATTR_AND_ACL,
    s_mkfs_time: time,
    s_mkfs_time_hi: timeHigh,
    s_min_extra_isize: EXTRA_ISIZE_BYTES,
    s_want_extra_isize: EXTRA_ISIZE_BYTES,
    s_flags: FLAG_UNSIGNED_HASH,
    s_log_groups_per_flex: Math.max(1, Math.ceil(Math.log2(countGroups))),
    s_checksum_type: CHECKSUM_CRC32C,
    s_overhead_clusters: overheadBlocks(plan),
  });
  const view = new DataView(bytes.buffer);
  view.setUint32(SUPERBLOCK.offsets.s_checksum, superblockChecksum(bytes), true);
  return bytes;
}

/** What `df` takes off the size: all that lies fixed. Kernel fs/ext4/super.c `ext4_calculate_overhead`. */
function overheadBlocks(plan: ImagePlan): number {
  const { geometry } = plan;
  const copies = groupsWithSuperblock(geometry.countGroups).length;
  return geometry.firstDataBlock + copies * (1 + geometry.countDescriptorBlocks) +
    geometry.countGroups * (2 + geometry.tableBlocksPerGroup);
}
