/**
 * Fields of the superblock that the reader does not use, and that contradict each other or the
 * features.
 *
 * Source: e2fsprogs e2fsck/super.c `check_super_block`, `check_resize_inode`.
 * @module
 */

import type { ErrorFields } from "../image_errors.ts";
import { joinHiLo } from "../numbers.ts";
import { type Geometry, hasCompat, hasIncompat, hasRoCompat } from "../reader/layout/geometry.ts";
import { OLD_INODE_SIZE_BYTES } from "../structs/inode.ts";
import type { RawSuperblock } from "../structs/superblock.ts";
import type { CheckState } from "./check_state.ts";

/** One rule: the fields it is about, what is wrong where it is broken, and whether it is. */
interface Rule {
  readonly fields: readonly (keyof RawSuperblock)[];
  readonly why: string;
  isBroken(geometry: Geometry): boolean;
}

/** Bytes of `i_extra_isize` and `i_checksum_hi`, which every inode with such fields has. */
const LEAST_EXTRA_BYTES = 4;
/** Numbers of groups have 32 bits. */
const MOST_LOG_GROUPS = 31;

const RULES: readonly Rule[] = [
  {
    fields: ["s_blocks_per_group", "s_clusters_per_group"],
    why: "a group has more clusters or fewer than blocks, and the image no bigalloc",
    isBroken: (geometry) =>
      !hasRoCompat(geometry, "bigalloc") &&
      geometry.raw.s_clusters_per_group !== geometry.raw.s_blocks_per_group,
  },
  {
    fields: ["s_log_block_size", "s_log_cluster_size"],
    why: "a cluster is larger or smaller than a block, and the image has no bigalloc",
    isBroken: (geometry) =>
      !hasRoCompat(geometry, "bigalloc") &&
      geometry.raw.s_log_cluster_size !== geometry.raw.s_log_block_size,
  },
  {
    fields: ["s_journal_inum"],
    why: "it names a journal, and the image has none",
    isBroken: (geometry) =>
      !hasCompat(geometry, "has_journal") && geometry.raw.s_journal_inum !== 0,
  },
  {
    fields: ["s_usr_quota_inum", "s_grp_quota_inum", "s_prj_quota_inum"],
    why: "it names quota files, and the image has no quota",
    isBroken: (geometry) => {
      const { s_usr_quota_inum, s_grp_quota_inum, s_prj_quota_inum } = geometry.raw;
      const isNamed = s_usr_quota_inum !== 0 || s_grp_quota_inum !== 0 || s_prj_quota_inum !== 0;
      return isNamed && !hasRoCompat(geometry, "quota");
    },
  },
  {
    fields: ["s_min_extra_isize"],
    why: "it is not a size that the fields of an inode can have",
    isBroken: (geometry) => !isExtraSize(geometry, geometry.raw.s_min_extra_isize),
  },
  {
    fields: ["s_want_extra_isize"],
    why: "it is not a size that the fields of an inode can have",
    isBroken: (geometry) => !isExtraSize(geometry, geometry.raw.s_want_extra_isize),
  },
  {
    fields: ["s_reserved_gdt_blocks"],
    why: "it reserves blocks for descriptors, and the image has no resize_inode",
    isBroken: (geometry) =>
      !hasCompat(geometry, "resize_inode") && geometry.raw.s_reserved_gdt_blocks !== 0,
  },
  {
    fields: ["s_reserved_gdt_blocks"],
    why: "it reserves more blocks for descriptors than one block can point to",
    isBroken: ({ raw, blockSizeBytes }) => raw.s_reserved_gdt_blocks > blockSizeBytes / 4,
  },
  {
    fields: ["s_r_blocks_count_lo", "s_r_blocks_count_hi"],
    why: "more than half of the blocks are reserved",
    isBroken: ({ raw, wide, countBlocks }) => {
      const high = wide ? raw.s_r_blocks_count_hi : 0;
      return high >= 0x10000 || joinHiLo(high, raw.s_r_blocks_count_lo) > countBlocks / 2;
    },
  },
  {
    fields: ["s_desc_size"],
    why: "it is not a power of two",
    isBroken: ({ raw }) => (raw.s_desc_size & (raw.s_desc_size - 1)) !== 0,
  },
  {
    fields: ["s_log_groups_per_flex"],
    why: "no image has as many groups",
    isBroken: ({ raw }) => raw.s_log_groups_per_flex > MOST_LOG_GROUPS,
  },
  {
    fields: ["s_mmp_block"],
    why: "it is out of range",
    isBroken: (geometry) => hasIncompat(geometry, "mmp") && mmpBlockOf(geometry) === undefined,
  },
  {
    fields: ["s_feature_compat", "s_feature_incompat"],
    why: "resize_inode and meta_bg exclude each other",
    isBroken: (geometry) => hasCompat(geometry, "resize_inode") && hasIncompat(geometry, "meta_bg"),
  },
  {
    fields: ["s_feature_ro_compat"],
    why: "metadata_csum and uninit_bg exclude each other",
    isBroken: (geometry) => geometry.metadataChecksums && hasRoCompat(geometry, "uninit_bg"),
  },
  {
    fields: ["s_feature_incompat", "s_feature_ro_compat"],
    why: "metadata_csum_seed needs metadata_csum",
    isBroken: (geometry) =>
      !geometry.metadataChecksums && hasIncompat(geometry, "metadata_csum_seed"),
  },
  {
    fields: ["s_feature_incompat"],
    why: "64bit needs extent",
    isBroken: (geometry) => geometry.wide && !hasIncompat(geometry, "extent"),
  },
];

/** Reports each rule that is broken. */
export function checkSuperblockFields({ findings, volume: { geometry } }: CheckState): void {
  for (const { fields, why, isBroken } of RULES) {
    if (!isBroken(geometry)) continue;
    const values: Record<string, ErrorFields[string]> = {};
    for (const field of fields) values[field] = geometry.raw[field] as ErrorFields[string];
    findings.report("superblock-field", "ext4_super_block", why, values);
  }
}

/** The block by which hosts agree on who has the image mounted; `undefined` out of range. */
export function mmpBlockOf({ raw, countBlocks, firstDataBlock }: Geometry): number | undefined {
  const block = raw.s_mmp_block;
  return block > BigInt(firstDataBlock) && block < BigInt(countBlocks) ? Number(block) : undefined;
}

/** What e2fsck accepts: 0, or a multiple of 4 that leaves the inode its first 128 bytes. */
function isExtraSize({ inodeSizeBytes }: Geometry, sizeBytes: number): boolean {
  const most = inodeSizeBytes - OLD_INODE_SIZE_BYTES;
  if (most === 0 || sizeBytes === 0) return true;
  return sizeBytes >= LEAST_EXTRA_BYTES && sizeBytes <= most && sizeBytes % 4 === 0;
}
