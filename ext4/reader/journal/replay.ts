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

/** Transactions that a replay leaves out, as the kernel does, though they were committed. */
export interface DroppedTransactions {
  /** The number of the one whose commit block does not fit its checksum. */
  readonly sequence: number;
  /** How many follow that are whole. */
  readonly countFollowing: number;
}

/** What a replay would do. */
export interface Replay {
  /** The newest committed copy of each block that the log holds. */
  readonly blocks: ReadonlyMap<number, LoggedBlock>;
  readonly dropped?: DroppedTransactions;
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
 * Reads all of the log.
 * @throws CorruptImageError when the log contradicts itself
 */
export function* findLoggedBlocks(log: JournalLog): Reading<Replay> {
  const newest = new Map<number, LoggedBlock>();
  if (log.raw.s_start === 0) return { blocks: newest };
  const revoked = new Map<number, number>();
  const { transactions, dropped } = yield* scan(log, revoked);
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
  return { blocks: newest, ...(dropped === undefined ? {} : { dropped }) };
}

/**
 * Walks the log up to the first block that is not part of a committed transaction; past a commit
 * block that does not fit only to count what follows it.
 */
function* scan(
  log: JournalLog,
  revoked: Map<number, number>,
): Reading<{ transactions: Transaction[]; dropped: DroppedTransactions | undefined }> {
  const transactions: Transaction[] = [];
  let sequence = log.raw.s_sequence;
  let at = log.raw.s_start;
  let descriptors: number[] = [];
  let revokedHere: number[] = [];
  let crc = 0xffff_ffff;
  let failed: number | undefined;
  let countFollowing = 0;
  const withCrc = (log.raw.s_feature_compat & JOURNAL_COMPAT_CHECKSUM) !== 0;
  for (let used = 0; used < log.countBlocks;) {
    const bytes = yield* log.block(at);
    const { h_magic, h_blocktype, h_sequence } = JOURNAL_HEADER.decode(bytes);
    if (h_magic !== JOURNAL_MAGIC || h_sequence !== sequence) break;
    let length = 1;
    if (h_blocktype === JOURNAL_BLOCK.descriptor) {
      if (failed !== undefined && !hasSoundTail(log, bytes)) break;
      requireTail(log, bytes, at);
      length += parseTags(log, bytes).length;
      descriptors.push(at);
      if (withCrc) crc = yield* chain(log, crc, at, length);
    } else if (h_blocktype === JOURNAL_BLOCK.revoke) {
      if (failed !== undefined && !hasSoundTail(log, bytes)) break;
      requireTail(log, bytes, at);
      for (const block of parseRevoked(log, bytes)) revokedHere.push(block);
      if (revokedHere.length + revoked.size > MAX_BLOCKS) {
        throw badJournal("jbd2_journal_revoke_header_s", "it revokes too many blocks", {
          sequence,
        });
      }
    } else if (h_blocktype === JOURNAL_BLOCK.commit) {
      // The last one that does not fit was being written when the machine stopped.
      const holds = commitHolds(log, bytes, withCrc, crc);
      if (!holds && failed !== undefined) break;
      if (!holds) failed = sequence;
      else if (failed !== undefined) countFollowing++;
      else {
        transactions.push({ sequence, descriptors });
        for (const block of revokedHere) revoked.set(block, sequence);
      }
      [descriptors, revokedHere, crc] = [[], [], 0xffff_ffff];
      sequence = (sequence + 1) >>> 0;
    } else break;
    used += length;
    at = log.after(at, length);
  }
  const isDropped = failed !== undefined && countFollowing > 0;
  return { transactions, dropped: isDropped ? { sequence: failed!, countFollowing } : undefined };
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

function hasSoundTail(log: JournalLog, bytes: Uint8Array): boolean {
  return !log.hasChecksums || tailFits(log.seed, bytes);
}

function requireTail(log: JournalLog, bytes: Uint8Array, block: number): void {
  if (!hasSoundTail(log, bytes)) {
    throw badJournal("jbd2_journal_block_tail", "its checksum does not fit", { block });
  }
}

/** Whether one transaction is newer than another; the numbers wrap around. */
function isAfter(sequence: number, other: number): boolean {
  return ((sequence - other) | 0) > 0;
}
