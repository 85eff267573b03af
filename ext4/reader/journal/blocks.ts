/**
 * What descriptor and revoke blocks of the log say.
 *
 * Source: kernel fs/jbd2/recovery.c `count_tags`, `scan_revoke_records`.
 * @module
 */

import { REVOKE_HEADER, TAG_FLAGS } from "../../structs/journal.ts";
import { u32BigEndianAt } from "../little_endian.ts";
import { badJournal, type JournalLog } from "./log.ts";

const HEADER_BYTES = 12;
const UUID_BYTES = 16;
const CHECKSUM_BYTES = 4;

/** One block of a transaction: where its bytes belong. */
export interface JournalTag {
  /** The block of the image. */
  readonly block: number;
  /** Its first 4 bytes were the journal's magic and are stored as zeros. */
  readonly isEscaped: boolean;
  /** Of version 3, or the low half of it of version 2; 0 without. */
  readonly checksum: number;
}

/** The tags of a descriptor block; the blocks of data follow in the log in their order. */
export function parseTags(log: JournalLog, bytes: Uint8Array): JournalTag[] {
  const version3 = log.has("csum_v3");
  const wide = log.has("64bit");
  const sizeBytes = version3 ? 16 : 8 + (wide ? 4 : 0) + (log.has("csum_v2") ? 2 : 0);
  const end = bytes.length - (log.hasChecksums ? CHECKSUM_BYTES : 0);
  const tags: JournalTag[] = [];
  for (let at = HEADER_BYTES; at + sizeBytes <= end;) {
    const word = u32BigEndianAt(bytes, at + 4);
    const flags = version3 ? word : word & 0xffff;
    const high = wide ? u32BigEndianAt(bytes, at + 8) : 0;
    tags.push({
      block: high * 0x1_0000_0000 + u32BigEndianAt(bytes, at),
      isEscaped: (flags & TAG_FLAGS.escape) !== 0,
      checksum: version3 ? u32BigEndianAt(bytes, at + 12) : word >>> 16,
    });
    at += sizeBytes + ((flags & TAG_FLAGS.same_uuid) === 0 ? UUID_BYTES : 0);
    if ((flags & TAG_FLAGS.last_tag) !== 0) break;
  }
  return tags;
}

/** The blocks of the image whose older copies in the log are void. */
export function parseRevoked(log: JournalLog, bytes: Uint8Array): number[] {
  const { r_count } = REVOKE_HEADER.decode(bytes);
  const sizeBytes = log.has("64bit") ? 8 : 4;
  const end = bytes.length - (log.hasChecksums ? CHECKSUM_BYTES : 0);
  if (r_count > end) throw badJournal(REVOKE_HEADER.name, "r_count is too large", { r_count });
  const blocks: number[] = [];
  for (let at = REVOKE_HEADER.sizeBytes; at + sizeBytes <= r_count; at += sizeBytes) {
    const first = u32BigEndianAt(bytes, at);
    blocks.push(sizeBytes === 4 ? first : first * 0x1_0000_0000 + u32BigEndianAt(bytes, at + 4));
  }
  return blocks;
}
