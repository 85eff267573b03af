/**
 * The superblock after validation: sizes, counts and features that every other part needs.
 * @module
 */

import { imageSeed, superblockChecksum } from "../../checksums.ts";
import { COMPAT, INCOMPAT, RO_COMPAT } from "../../features.ts";
import { CorruptImageError } from "../../image_errors.ts";
import { joinHiLo } from "../../numbers.ts";
import { OLD_INODE_SIZE_BYTES } from "../../structs/inode.ts";
import {
  CHECKSUM_CRC32C,
  FLAG_UNSIGNED_HASH,
  type RawSuperblock,
  SUPERBLOCK,
  SUPERBLOCK_MAGIC,
} from "../../structs/superblock.ts";
import { badChecksum, corrupt } from "../corrupt.ts";
import { requireReadable } from "./supported_features.ts";

/** What the superblock says, validated. */
export interface Geometry {
  readonly raw: RawSuperblock;
  readonly blockSizeBytes: number;
  readonly countBlocks: number;
  readonly firstDataBlock: number;
  readonly blocksPerGroup: number;
  /** Blocks of one bit of a block bitmap: 1 without `bigalloc`. */
  readonly blocksPerCluster: number;
  readonly countGroups: number;
  readonly inodesPerGroup: number;
  readonly countInodes: number;
  readonly inodeSizeBytes: number;
  readonly inodeTableBlocks: number;
  /** The first inode that is not reserved. */
  readonly firstInode: number;
  readonly descriptorSizeBytes: number;
  readonly featureCompat: number;
  readonly featureIncompat: number;
  readonly featureRoCompat: number;
  /** `metadata_csum`: CRC-32C on everything. */
  readonly metadataChecksums: boolean;
  /** `uninit_bg` without `metadata_csum`: CRC-16 on group descriptors. */
  readonly groupChecksums: boolean;
  /** `64bit`: block numbers have more than 32 bits. */
  readonly wide: boolean;
  /** Entries of folders hold the type of what they name. */
  readonly fileTypes: boolean;
  /** First value of every checksum chain. */
  readonly seed: number;
  /** Bytes of names count as unsigned in the index hash. */
  readonly unsignedHash: boolean;
}

/** Most bytes of a block. */
const MAX_LOG_BLOCK_SIZE = 6;
const MIN_DESCRIPTOR_BYTES = 32;

/**
 * Validates the bytes of a superblock.
 * @param bytes 1,024 bytes
 * @throws CorruptImageError when it is not a superblock, or contradicts itself
 * @throws UnsupportedFeatureError when it uses a feature that is not known
 */
export function parseGeometry(bytes: Uint8Array): Geometry {
  const raw = SUPERBLOCK.decode(bytes);
  if (raw.s_magic !== SUPERBLOCK_MAGIC) {
    throw new CorruptImageError(
      "not-ext4",
      "ext4_super_block",
      "cannot read the image: it has no ext2, ext3 or ext4 superblock. Is it the right file?",
      { s_magic: raw.s_magic },
    );
  }
  const dynamic = raw.s_rev_level > 0;
  // As in the kernel, features count whatever the revision says.
  const featureRoCompat = raw.s_feature_ro_compat;
  const featureIncompat = raw.s_feature_incompat;
  const metadataChecksums = (featureRoCompat & RO_COMPAT.metadata_csum) !== 0;
  verifyChecksum(raw, bytes);
  requireReadable(featureIncompat);

  const bigalloc = (featureRoCompat & RO_COMPAT.bigalloc) !== 0;
  const wide = (featureIncompat & INCOMPAT["64bit"]) !== 0;
  need(raw, "s_log_block_size", (value) => value <= MAX_LOG_BLOCK_SIZE);
  const blockSizeBytes = 1024 << raw.s_log_block_size;
  if (bigalloc) {
    need(raw, "s_log_cluster_size", (value) => value >= raw.s_log_block_size && value <= 20);
  }
  const blocksPerCluster = bigalloc ? 2 ** (raw.s_log_cluster_size - raw.s_log_block_size) : 1;
  const bitsPerBlock = 8 * blockSizeBytes;
  const blocksPerGroup = raw.s_blocks_per_group;
  need(raw, "s_blocks_per_group", (value) =>
    value > 0 && value % 8 === 0 &&
    value % blocksPerCluster === 0 && value / blocksPerCluster <= bitsPerBlock);
  if (bigalloc) {
    need(raw, "s_clusters_per_group", (value) => value * blocksPerCluster === blocksPerGroup);
  }
  const inodeSizeBytes = dynamic ? raw.s_inode_size : OLD_INODE_SIZE_BYTES;
  if (dynamic) {
    need(
      raw,
      "s_inode_size",
      (value) =>
        value >= OLD_INODE_SIZE_BYTES && value <= blockSizeBytes && (value & (value - 1)) === 0,
    );
  }
  const inodesPerBlock = blockSizeBytes / inodeSizeBytes;
  need(raw, "s_inodes_per_group", (value) => value > 0 && value <= bitsPerBlock && value % 8 === 0);
  need(
    raw,
    "s_first_data_block",
    (value) =>
      value === 0 ? blockSizeBytes > 1024 || bigalloc : value === 1 && blockSizeBytes === 1024,
  );

  if (wide) need(raw, "s_blocks_count_hi", (value) => value < 0x10000);
  const countBlocks = joinHiLo(wide ? raw.s_blocks_count_hi : 0, raw.s_blocks_count_lo);
  need(raw, "s_blocks_count_lo", () => countBlocks > raw.s_first_data_block + 1);
  const countGroups = Math.ceil((countBlocks - raw.s_first_data_block) / blocksPerGroup);
  const countInodes = countGroups * raw.s_inodes_per_group;
  need(raw, "s_inodes_count", (value) => value === countInodes);
  const firstInode = dynamic ? raw.s_first_ino : 11;
  if (dynamic) need(raw, "s_first_ino", (value) => value >= 11 && value <= countInodes + 1);

  if (wide) {
    need(
      raw,
      "s_desc_size",
      (value) => value >= 64 && value <= blockSizeBytes && (value & (value - 1)) === 0,
    );
  }
  const descriptorSizeBytes = wide ? raw.s_desc_size : MIN_DESCRIPTOR_BYTES;
  const gdtBlocks = Math.ceil(countGroups * descriptorSizeBytes / blockSizeBytes);
  need(raw, "s_blocks_count_lo", () => gdtBlocks < countBlocks);
  if ((featureIncompat & INCOMPAT.meta_bg) !== 0) {
    need(raw, "s_first_meta_bg", (value) => value <= gdtBlocks);
  }

  return {
    raw,
    blockSizeBytes,
    countBlocks,
    firstDataBlock: raw.s_first_data_block,
    blocksPerGroup,
    blocksPerCluster,
    countGroups,
    inodesPerGroup: raw.s_inodes_per_group,
    countInodes,
    inodeSizeBytes,
    inodeTableBlocks: Math.ceil(raw.s_inodes_per_group / inodesPerBlock),
    firstInode,
    descriptorSizeBytes,
    featureCompat: raw.s_feature_compat,
    featureIncompat,
    featureRoCompat,
    metadataChecksums,
    groupChecksums: !metadataChecksums && (featureRoCompat & RO_COMPAT.uninit_bg) !== 0,
    wide,
    fileTypes: (featureIncompat & INCOMPAT.filetype) !== 0,
    seed: (featureIncompat & INCOMPAT.metadata_csum_seed) !== 0
      ? raw.s_checksum_seed
      : imageSeed(raw.s_uuid),
    unsignedHash: (raw.s_flags & FLAG_UNSIGNED_HASH) !== 0,
  };
}

/** Whether one of the compatible features is on, e.g. `COMPAT.has_journal`. */
export function hasCompat(geometry: Geometry, feature: keyof typeof COMPAT): boolean {
  return (geometry.featureCompat & COMPAT[feature]) !== 0;
}

/** Whether one of the incompatible features is on. */
export function hasIncompat(geometry: Geometry, feature: keyof typeof INCOMPAT): boolean {
  return (geometry.featureIncompat & INCOMPAT[feature]) !== 0;
}

/** Whether one of the features that only writers must know is on. */
export function hasRoCompat(geometry: Geometry, feature: keyof typeof RO_COMPAT): boolean {
  return (geometry.featureRoCompat & RO_COMPAT[feature]) !== 0;
}

/**
 * Without the feature there is no checksum; but where one is there that fits as soon as the feature
 * is on, it was switched off by a damaged bit, which would switch off all checksums.
 */
function verifyChecksum(raw: RawSuperblock, bytes: Uint8Array): void {
  const on = bytes.slice(0, SUPERBLOCK.sizeBytes);
  const features = raw.s_feature_ro_compat | RO_COMPAT.metadata_csum;
  SUPERBLOCK.encodeInto(on, 0, { s_feature_ro_compat: features >>> 0 });
  const computed = superblockChecksum(on);
  const isOn = (raw.s_feature_ro_compat & RO_COMPAT.metadata_csum) !== 0;
  if (isOn !== (raw.s_checksum === computed)) {
    throw badChecksum("superblock-checksum", "ext4_super_block", raw.s_checksum, computed);
  }
  if (isOn) need(raw, "s_checksum_type", (value) => value === CHECKSUM_CRC32C);
}

type NumberField = {
  [K in keyof RawSuperblock]: RawSuperblock[K] extends number ? K : never;
}[keyof RawSuperblock];

function need(raw: RawSuperblock, field: NumberField, fits: (value: number) => boolean): void {
  const value = raw[field];
  if (!fits(value)) {
    throw corrupt("superblock-field", "ext4_super_block", `${field} is out of range`, {
      [field]: value,
    });
  }
}
