/**
 * What a replay of the journal would write, without writing it.
 *
 * Two passes, as the kernel's: the first finds the last transaction that was committed, and what
 * was revoked; the second decides for each block of the image which copy in the log is the newest.
 * Source: kernel fs/jbd2/recovery.c `do_one_pass`.
 * @module
 */

import {
  COMMIT_HEADER,
  JOURNAL_BLOCK,
  JOURNAL_COMPAT_CHECKSUM,
  JOURNAL_HEADER,
  JOURNAL_MAGIC,
} from "../../structs/journal.ts";
import type { Reading } from "../reading.ts";
import { parseRevoked, parseTags } from "./blocks.ts";
import { commitFits, crc32BigEndian, dataChecksum, tailFits } from "./checksums.ts";
import { badJournal, type JournalLog } from "./log.ts";

/** A copy of a block of the image in the log. */
export interface LoggedBlock {
  /** The block of the journal. */
  readonly index: number;
  readonly isEscaped: boolean;
}

/** Blocks that may be logged or revoked; the largest journals that mkfs makes hold 262,144. */
const MAX_BLOCKS = 1 << 20;
const CRC32_TYPE = 1;

/** A transaction's part of the log. */
interface Transaction {
  readonly sequence: number;
  /** Its descriptor blocks. */
  readonly descriptors: readonly number[];
}

/**
 * The newest committed copy of each block that the log holds.
 * @throws CorruptImageError when the log contradicts itself
 */
export function* findLoggedBlocks(log: JournalLog): Reading<Map<number, LoggedBlock>> {
  const newest = new Map<number, LoggedBlock>();
  if (log.raw.s_start === 0) return newest;
  const revoked = new Map<number, number>();
  const transactions = yield* scan(log, revoked);
  for (const { sequence, descriptors } of transactions) {
    for (const descriptor of descriptors) {
      // The next block may push this one out of the cache, but the view stays valid.
      const tags = parseTags(log, yield* log.block(descriptor));
      for (const [i, tag] of tags.entries()) {
        const revokedBy = revoked.get(tag.block);
        if (revokedBy !== undefined && !isAfter(sequence, revokedBy)) continue;
        const index = log.after(descriptor, 1 + i);
        if (log.hasChecksums) yield* verifyData(log, sequence, index, tag.checksum);
        newest.set(tag.block, { index, isEscaped: tag.isEscaped });
        if (newest.size > MAX_BLOCKS) {
          throw badJournal("journal_header_s", "it holds too many blocks", { sequence });
        }
      }
    }
  }
  return newest;
}

/** Walks the log up to the first block that is not part of a committed transaction. */
function* scan(log: JournalLog, revoked: Map<number, number>): Reading<Transaction[]> {
  const transactions: Transaction[] = [];
  let sequence = log.raw.s_sequence;
  let at = log.raw.s_start;
  let descriptors: number[] = [];
  let revokedHere: number[] = [];
  let crc = 0xffff_ffff;
  const withCrc = (log.raw.s_feature_compat & JOURNAL_COMPAT_CHECKSUM) !== 0;
  for (let used = 0; used < log.countBlocks;) {
    const bytes = yield* log.block(at);
    const { h_magic, h_blocktype, h_sequence } = JOURNAL_HEADER.decode(bytes);
    if (h_magic !== JOURNAL_MAGIC || h_sequence !== sequence) break;
    let length = 1;
    if (h_blocktype === JOURNAL_BLOCK.descriptor) {
      requireTail(log, bytes, at);
      length += parseTags(log, bytes).length;
      descriptors.push(at);
      if (withCrc) crc = yield* chain(log, crc, at, length);
    } else if (h_blocktype === JOURNAL_BLOCK.revoke) {
      requireTail(log, bytes, at);
      for (const block of parseRevoked(log, bytes)) revokedHere.push(block);
      if (revokedHere.length + revoked.size > MAX_BLOCKS) {
        throw badJournal("jbd2_journal_revoke_header_s", "it revokes too many blocks", {
          sequence,
        });
      }
    } else if (h_blocktype === JOURNAL_BLOCK.commit) {
      // A commit block that does not fit was being written when the machine stopped.
      if (!commitHolds(log, bytes, withCrc, crc)) break;
      transactions.push({ sequence, descriptors });
      for (const block of revokedHere) revoked.set(block, sequence);
      [descriptors, revokedHere, crc] = [[], [], 0xffff_ffff];
      sequence = (sequence + 1) >>> 0;
    } else break;
    used += length;
    at = log.after(at, length);
  }
  return transactions;
}

function* chain(log: JournalLog, seed: number, first: number, count: number): Reading<number> {
  let crc = seed;
  for (let i = 0; i < count; i++) {
    crc = crc32BigEndian(crc, yield* log.block(log.after(first, i)));
  }
  return crc;
}

function commitHolds(log: JournalLog, bytes: Uint8Array, withCrc: boolean, crc: number): boolean {
  if (log.hasChecksums) return commitFits(log.seed, bytes);
  if (!withCrc) return true;
  const { h_chksum, h_chksum_size, h_chksum_type } = COMMIT_HEADER.decode(bytes);
  const unused = h_chksum === 0 && h_chksum_size === 0 && h_chksum_type === 0;
  return unused || (h_chksum_type === CRC32_TYPE && h_chksum === crc);
}

function* verifyData(
  log: JournalLog,
  sequence: number,
  index: number,
  stored: number,
): Reading<void> {
  const computed = dataChecksum(log.seed, sequence, yield* log.block(index));
  if (stored !== (log.has("csum_v3") ? computed : computed & 0xffff)) {
    throw badJournal("journal_block_tag_s", "a block does not fit its checksum", {
      block: index,
      stored,
      computed,
    });
  }
}

function requireTail(log: JournalLog, bytes: Uint8Array, block: number): void {
  if (log.hasChecksums && !tailFits(log.seed, bytes)) {
    throw badJournal("jbd2_journal_block_tail", "its checksum does not fit", { block });
  }
}

/** Whether one transaction is newer than another; the numbers wrap around. */
function isAfter(sequence: number, other: number): boolean {
  return ((sequence - other) | 0) > 0;
}
