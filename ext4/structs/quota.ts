/**
 * A quota file: a head, a tree of 4 levels by the bytes of an id, and leaves that hold the entries.
 *
 * Blocks are of 1 KiB whatever those of the image are. Source: kernel fs/quota/quota_v2.c,
 * fs/quota/quota_tree.c, fs/quota/quotaio_v2.h.
 * @module
 */

import { struct, u16, u32, u64 } from "../struct.ts";

/** Bytes of a block. */
export const QUOTA_BLOCK_BYTES = 1024;
/** Where the root of the tree lies. */
export const QUOTA_TREE_BLOCK = 1;
/** Levels of the tree above the leaves. */
export const QUOTA_TREE_DEPTH = 4;

/** `dqh_magic`. */
export const QUOTA_MAGIC = { user: 0xd9c0_1f11, group: 0xd9c0_1927, project: 0xd9c0_3f14 } as const;

/** Head of the file, up to the grace times. */
export const QUOTA_HEADER = struct("v2_disk_dqheader", 8, {
  dqh_magic: u32(0x0),
  /** 1 */
  dqh_version: u32(0x4),
});

/** Head of a leaf. */
export const QUOTA_LEAF = struct("qt_disk_dqdbheader", 16, {
  /** Entries in use. */
  dqdh_entries: u16(0x8),
});

/** One entry of a leaf; all zero where it is not in use. */
export const QUOTA_ENTRY = struct("v2r1_disk_dqblk", 72, {
  dqb_id: u32(0x0),
  dqb_ihardlimit: u64(0x8),
  dqb_isoftlimit: u64(0x10),
  dqb_curinodes: u64(0x18),
  dqb_bhardlimit: u64(0x20),
  dqb_bsoftlimit: u64(0x28),
  dqb_curspace: u64(0x30),
  dqb_btime: u64(0x38),
  dqb_itime: u64(0x40),
});
