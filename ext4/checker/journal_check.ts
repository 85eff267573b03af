/**
 * Checks the superblock of a journal that has nothing to replay; where it has, it was read already.
 *
 * Source: e2fsprogs e2fsck/journal.c `e2fsck_journal_load`, `check_ext3_journal`.
 * @module
 */

import { UnsupportedFeatureError } from "../image_errors.ts";
import type { InodeNumber } from "../numbers.ts";
import { corrupt } from "../reader/corrupt.ts";
import { isType } from "../reader/inode/inode.ts";
import { JournalLog } from "../reader/journal/log.ts";
import { hasCompat, hasIncompat } from "../reader/layout/geometry.ts";
import type { Reading } from "../reader/reading.ts";
import { JOURNAL_BLOCK, JOURNAL_COMPAT_CHECKSUM } from "../structs/journal.ts";
import { S_IFREG } from "../tree.ts";
import type { CheckState } from "./check_state.ts";

const STRUCTURE = "journal_superblock_s";

/**
 * Checks the journal within the image, where it has one.
 * @throws CorruptImageError when it is broken
 */
export function* checkJournal({ volume }: CheckState): Reading<void> {
  const { geometry } = volume;
  const number = geometry.raw.s_journal_inum as InodeNumber;
  if (!hasCompat(geometry, "has_journal") || number === 0) return;
  const inode = yield* volume.inodes.load(number);
  if (inode.countLinks === 0 || !isType(inode, S_IFREG)) {
    throw corrupt("journal", "ext4_inode", "the journal is not a regular file", { inode: number });
  }
  if (inode.sizeBytes % geometry.blockSizeBytes !== 0) {
    const fields = { inode: number, i_size: inode.sizeBytes };
    throw corrupt(
      "journal",
      "ext4_inode",
      "i_size of the journal is not a whole number of blocks",
      fields,
    );
  }
  let log: JournalLog;
  try {
    log = yield* JournalLog.open(volume);
  } catch (error) {
    if (!(error instanceof UnsupportedFeatureError)) throw error;
    // The kernel leaves this feature on in a journal that is empty.
    if (error.features.every((feature) => feature === "fast_commit")) return;
    const why = `it has features that nobody knows, ${error.features.join(", ")}`;
    throw corrupt("journal", STRUCTURE, why);
  }
  const { raw } = log;
  if (raw.s_errno !== 0) {
    throw corrupt("journal", STRUCTURE, "errors were found in the image", { s_errno: raw.s_errno });
  }
  if (raw.h_blocktype === JOURNAL_BLOCK.superblockV1) {
    const { s_feature_compat, s_feature_incompat, s_feature_ro_compat, s_nr_users } = log.stored;
    if (s_feature_compat || s_feature_incompat || s_feature_ro_compat || s_nr_users) {
      const why = "it is of version 1, and fields of version 2 are not zero";
      const fields = { s_feature_compat, s_feature_incompat, s_feature_ro_compat, s_nr_users };
      throw corrupt("journal", STRUCTURE, why, fields);
    }
    return;
  }
  const { s_feature_compat, s_feature_incompat, s_feature_ro_compat, s_nr_users, s_start } = raw;
  const hasOldChecksums = (s_feature_compat & JOURNAL_COMPAT_CHECKSUM) !== 0;
  if ((log.has("csum_v2") && log.has("csum_v3")) || (log.hasChecksums && hasOldChecksums)) {
    const why = "it has checksums of more than one version";
    throw corrupt("journal", STRUCTURE, why, { s_feature_compat, s_feature_incompat });
  }
  if (s_feature_ro_compat !== 0 || s_nr_users > 1) {
    const why = "it has features that are not known, or more than one user";
    throw corrupt("journal", STRUCTURE, why, { s_feature_ro_compat, s_nr_users });
  }
  if (s_start !== 0 && !hasIncompat(geometry, "needs_recovery")) {
    const why = "it holds data, and the image says that nothing is to be replayed";
    throw corrupt("journal", STRUCTURE, why, { s_start });
  }
}
