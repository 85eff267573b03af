/**
 * `ext4_super_block`: 1,024 bytes at byte 1,024 of the image; copies at the start of some groups.
 *
 * `_lo`/`_hi` pairs stay apart; `joinHiLo` joins them. Times are seconds since 1970.
 * Source: kernel Documentation/filesystems/ext4/super.rst.
 * @module
 */

import { bytes, type RawOf, struct, u16, u32, u32s, u64, u8 } from "../struct.ts";

/** `s_magic` of every ext2, ext3 and ext4 image. */
export const SUPERBLOCK_MAGIC = 0xef53;
/** Where the first superblock lies, whatever the block size. */
export const SUPERBLOCK_OFFSET_BYTES = 1024;
/** `s_state`: cleanly unmounted. */
export const STATE_CLEAN = 1;
/** `s_state`: the kernel has found errors. */
export const STATE_ERRORS = 2;
/** `s_checksum_type`: CRC-32C, the only one there is. */
export const CHECKSUM_CRC32C = 1;
/** `s_flags`: the index hash takes bytes as unsigned. */
export const FLAG_UNSIGNED_HASH = 2;

export const SUPERBLOCK = struct("ext4_super_block", 1024, {
  s_inodes_count: u32(0x0),
  s_blocks_count_lo: u32(0x4),
  s_r_blocks_count_lo: u32(0x8),
  s_free_blocks_count_lo: u32(0xc),
  s_free_inodes_count: u32(0x10),
  /** 1 with 1 KiB blocks (block 0 is for boot code), else 0. */
  s_first_data_block: u32(0x14),
  /** Block size is `1024 << s_log_block_size`. */
  s_log_block_size: u32(0x18),
  s_log_cluster_size: u32(0x1c),
  s_blocks_per_group: u32(0x20),
  s_clusters_per_group: u32(0x24),
  s_inodes_per_group: u32(0x28),
  /** Last mount. */
  s_mtime: u32(0x2c),
  /** Last write. */
  s_wtime: u32(0x30),
  s_mnt_count: u16(0x34),
  /** 0xffff: never check because of the number of mounts. */
  s_max_mnt_count: u16(0x36),
  s_magic: u16(0x38),
  s_state: u16(0x3a),
  /** What the kernel does about errors: 1 go on, 2 remount read-only, 3 panic. */
  s_errors: u16(0x3c),
  s_minor_rev_level: u16(0x3e),
  s_lastcheck: u32(0x40),
  s_checkinterval: u32(0x44),
  s_creator_os: u32(0x48),
  s_rev_level: u32(0x4c),
  s_def_resuid: u16(0x50),
  s_def_resgid: u16(0x52),
  s_first_ino: u32(0x54),
  s_inode_size: u16(0x58),
  /** The group this copy lies in. */
  s_block_group_nr: u16(0x5a),
  s_feature_compat: u32(0x5c),
  s_feature_incompat: u32(0x60),
  s_feature_ro_compat: u32(0x64),
  s_uuid: bytes(0x68, 16),
  /** Label, padded with NULs. */
  s_volume_name: bytes(0x78, 16),
  s_last_mounted: bytes(0x88, 64),
  s_algorithm_usage_bitmap: u32(0xc8),
  s_prealloc_blocks: u8(0xcc),
  s_prealloc_dir_blocks: u8(0xcd),
  s_reserved_gdt_blocks: u16(0xce),
  s_journal_uuid: bytes(0xd0, 16),
  s_journal_inum: u32(0xe0),
  s_journal_dev: u32(0xe4),
  s_last_orphan: u32(0xe8),
  s_hash_seed: u32s(0xec, 4),
  s_def_hash_version: u8(0xfc),
  s_jnl_backup_type: u8(0xfd),
  /** Bytes of a group descriptor with `64bit`; else 0 or 32. */
  s_desc_size: u16(0xfe),
  s_default_mount_opts: u32(0x100),
  s_first_meta_bg: u32(0x104),
  s_mkfs_time: u32(0x108),
  s_jnl_blocks: u32s(0x10c, 17),
  s_blocks_count_hi: u32(0x150),
  s_r_blocks_count_hi: u32(0x154),
  s_free_blocks_count_hi: u32(0x158),
  s_min_extra_isize: u16(0x15c),
  s_want_extra_isize: u16(0x15e),
  s_flags: u32(0x160),
  s_raid_stride: u16(0x164),
  s_mmp_interval: u16(0x166),
  s_mmp_block: u64(0x168),
  s_raid_stripe_width: u32(0x170),
  s_log_groups_per_flex: u8(0x174),
  s_checksum_type: u8(0x175),
  s_encryption_level: u8(0x176),
  s_reserved_pad: u8(0x177),
  s_kbytes_written: u64(0x178),
  s_snapshot_inum: u32(0x180),
  s_snapshot_id: u32(0x184),
  s_snapshot_r_blocks_count: u64(0x188),
  s_snapshot_list: u32(0x190),
  s_error_count: u32(0x194),
  s_first_error_time: u32(0x198),
  s_first_error_ino: u32(0x19c),
  s_first_error_block: u64(0x1a0),
  s_first_error_func: bytes(0x1a8, 32),
  s_first_error_line: u32(0x1c8),
  s_last_error_time: u32(0x1cc),
  s_last_error_ino: u32(0x1d0),
  s_last_error_line: u32(0x1d4),
  s_last_error_block: u64(0x1d8),
  s_last_error_func: bytes(0x1e0, 32),
  s_mount_opts: bytes(0x200, 64),
  s_usr_quota_inum: u32(0x240),
  s_grp_quota_inum: u32(0x244),
  s_overhead_clusters: u32(0x248),
  s_backup_bgs: u32s(0x24c, 2),
  s_encrypt_algos: bytes(0x254, 4),
  s_encrypt_pw_salt: bytes(0x258, 16),
  s_lpf_ino: u32(0x268),
  s_prj_quota_inum: u32(0x26c),
  /** With `metadata_csum_seed`; else the seed is the checksum of `s_uuid`. */
  s_checksum_seed: u32(0x270),
  s_wtime_hi: u8(0x274),
  s_mtime_hi: u8(0x275),
  s_mkfs_time_hi: u8(0x276),
  s_lastcheck_hi: u8(0x277),
  s_first_error_time_hi: u8(0x278),
  s_last_error_time_hi: u8(0x279),
  s_first_error_errcode: u8(0x27a),
  s_last_error_errcode: u8(0x27b),
  s_encoding: u16(0x27c),
  s_encoding_flags: u16(0x27e),
  s_orphan_file_inum: u32(0x280),
  s_reserved: bytes(0x284, 376),
  /** CRC-32C of all bytes before it. */
  s_checksum: u32(0x3fc),
});

/** A superblock as it lies on disk. */
export type RawSuperblock = RawOf<typeof SUPERBLOCK>;
