/**
 * The journal (jbd2): its superblock and the heads of the blocks of its log. Big-endian, all of it.
 *
 * Source: kernel Documentation/filesystems/ext4/journal.rst, include/linux/jbd2.h.
 * @module
 */

import { bytes, type Field, type RawOf, struct, u8 } from "../struct.ts";

/** `h_magic` of every block of the log that is not data. */
export const JOURNAL_MAGIC = 0xc03b_3998;

/** `h_blocktype`. */
export const JOURNAL_BLOCK = {
  descriptor: 1,
  commit: 2,
  superblockV1: 3,
  superblockV2: 4,
  revoke: 5,
} as const;

/** `s_feature_compat`: commit blocks hold a CRC-32 of the whole transaction. */
export const JOURNAL_COMPAT_CHECKSUM = 0x1;

/** `s_feature_incompat`. */
export const JOURNAL_INCOMPAT = {
  revoke: 0x1,
  "64bit": 0x2,
  async_commit: 0x4,
  csum_v2: 0x8,
  csum_v3: 0x10,
  fast_commit: 0x20,
} as const;

/** `t_flags` of a tag. */
export const TAG_FLAGS = { escape: 0x1, same_uuid: 0x2, deleted: 0x4, last_tag: 0x8 } as const;

function u32be(offset: number): Field<number> {
  return {
    offset,
    sizeBytes: 4,
    read: (view, at) => view.getUint32(at),
    write: (view, at, value) => view.setUint32(at, value),
  };
}

/** Head of every block of the log that is not data. */
export const JOURNAL_HEADER = struct("journal_header_s", 12, {
  h_magic: u32be(0x0),
  h_blocktype: u32be(0x4),
  h_sequence: u32be(0x8),
});

/** Block 0 of the journal. */
export const JOURNAL_SUPERBLOCK = struct("journal_superblock_s", 1024, {
  ...JOURNAL_HEADER.fields,
  s_blocksize: u32be(0xc),
  /** Blocks of the journal, this one included. */
  s_maxlen: u32be(0x10),
  /** First block of the log. */
  s_first: u32be(0x14),
  /** Number of the first transaction in the log. */
  s_sequence: u32be(0x18),
  /** Where it begins; 0: the log is empty. */
  s_start: u32be(0x1c),
  s_errno: u32be(0x20),
  s_feature_compat: u32be(0x24),
  s_feature_incompat: u32be(0x28),
  s_feature_ro_compat: u32be(0x2c),
  s_uuid: bytes(0x30, 16),
  s_nr_users: u32be(0x40),
  s_checksum_type: u8(0x50),
  s_num_fc_blks: u32be(0x54),
  s_head: u32be(0x58),
  s_checksum: u32be(0xfc),
});

/** Head of a commit block. */
export const COMMIT_HEADER = struct("commit_header", 60, {
  ...JOURNAL_HEADER.fields,
  h_chksum_type: u8(0xc),
  h_chksum_size: u8(0xd),
  h_chksum: u32be(0x10),
});

/** Head of a revoke block; 32-bit block numbers follow, 64-bit ones with `64bit`. */
export const REVOKE_HEADER = struct("jbd2_journal_revoke_header_s", 16, {
  ...JOURNAL_HEADER.fields,
  /** Bytes in use, this head included. */
  r_count: u32be(0xc),
});

export type RawJournalSuperblock = RawOf<typeof JOURNAL_SUPERBLOCK>;
