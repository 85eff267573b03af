/**
 * The journal as a ring of blocks, and its superblock, verified.
 * @module
 */

import { featureNames } from "../../features.ts";
import {
  CorruptImageError,
  type ErrorFields,
  UnsupportedFeatureError,
} from "../../image_errors.ts";
import type { FileBlock, InodeNumber } from "../../numbers.ts";
import {
  JOURNAL_BLOCK,
  JOURNAL_INCOMPAT,
  JOURNAL_MAGIC,
  JOURNAL_SUPERBLOCK,
  type RawJournalSuperblock,
} from "../../structs/journal.ts";
import { FileData } from "../contents/file_data.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { journalSeed, journalSuperblockFits } from "./checksums.ts";
import { loadJournalInode } from "./inode.ts";

const CANNOT_REPLAY = "cannot replay the journal";
/** What else to do is part of every refusal. */
const ADVICE = "Mount the image once, which replays it.";

/** Whether an image is refused for its journal alone, and can be read with `journal: "ignore"`. */
export function isJournalError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith(CANNOT_REPLAY);
}

const STRUCTURE = "journal_superblock_s";
const READABLE = JOURNAL_INCOMPAT.revoke | JOURNAL_INCOMPAT["64bit"] |
  JOURNAL_INCOMPAT.async_commit | JOURNAL_INCOMPAT.csum_v2 | JOURNAL_INCOMPAT.csum_v3;

/** An open journal. */
export class JournalLog {
  /** Without the fields that version 1 does not have. */
  readonly raw: RawJournalSuperblock;
  /** As it lies on disk. */
  readonly stored: RawJournalSuperblock;
  readonly seed: number;
  readonly #data: FileData;

  private constructor(
    raw: RawJournalSuperblock,
    stored: RawJournalSuperblock,
    data: FileData,
  ) {
    this.raw = raw;
    this.stored = stored;
    this.seed = journalSeed(raw.s_uuid);
    this.#data = data;
  }

  /**
   * Opens the journal within the image.
   * @throws UnsupportedFeatureError when it lies elsewhere, or uses what is not known
   * @throws CorruptImageError when it is broken
   */
  static *open(volume: Volume): Reading<JournalLog> {
    const number = volume.geometry.raw.s_journal_inum as InodeNumber;
    if (number === 0) refuse(["journal_dev"], "it lies on another device");
    const inode = yield* loadJournalInode(volume, number);
    const data = yield* FileData.open(volume, inode);
    const bytes = yield* data.block(0 as FileBlock);
    if (bytes === undefined) throw bad("it is a hole", {});
    const raw = JOURNAL_SUPERBLOCK.decode(bytes);
    const version2 = raw.h_blocktype === JOURNAL_BLOCK.superblockV2;
    if (
      raw.h_magic !== JOURNAL_MAGIC || !(version2 || raw.h_blocktype === JOURNAL_BLOCK.superblockV1)
    ) {
      throw bad("h_magic or h_blocktype is wrong", { h_blocktype: raw.h_blocktype });
    }
    const stored = { ...raw };
    if (!version2) Object.assign(raw, { s_feature_compat: 0, s_feature_incompat: 0 });
    const unknown = featureNames(raw.s_feature_incompat & ~READABLE, JOURNAL_INCOMPAT);
    if (unknown.length > 0) refuse(unknown, `it uses ${unknown.join(", ")}`);
    const log = new JournalLog(raw, stored, data);
    const countBlocks = data.sizeBytes / volume.geometry.blockSizeBytes;
    if (log.hasChecksums && !journalSuperblockFits(bytes.subarray(0, 1024))) {
      throw bad("its checksum does not fit its bytes", {});
    }
    const { s_blocksize, s_maxlen, s_first, s_start } = raw;
    if (
      s_blocksize !== volume.geometry.blockSizeBytes || s_maxlen > countBlocks || s_first === 0 ||
      s_first >= s_maxlen || (s_start !== 0 && (s_start < s_first || s_start >= s_maxlen))
    ) throw bad("its sizes are out of range", { s_blocksize, s_maxlen, s_first, s_start });
    return log;
  }

  /** Every block of the log has its own checksum. */
  get hasChecksums(): boolean {
    return this.has("csum_v2") || this.has("csum_v3");
  }

  /** Whether `s_feature_incompat` has a feature. */
  has(feature: keyof typeof JOURNAL_INCOMPAT): boolean {
    return (this.raw.s_feature_incompat & JOURNAL_INCOMPAT[feature]) !== 0;
  }

  /** Blocks of the log. */
  get countBlocks(): number {
    return this.raw.s_maxlen - this.raw.s_first;
  }

  /** The block that lies `steps` blocks behind another, in the ring. */
  after(index: number, steps: number): number {
    const { s_first } = this.raw;
    return s_first + (index - s_first + steps) % this.countBlocks;
  }

  /** The bytes of a block of the journal, a view. */
  *block(index: number): Reading<Uint8Array> {
    const bytes = yield* this.#data.block(index as FileBlock);
    if (bytes === undefined) throw bad("the journal has a hole", { block: index });
    return bytes;
  }
}

/** An error about the journal, which says what else can be done. */
export function badJournal(
  structure: string,
  why: string,
  fields: ErrorFields,
): CorruptImageError {
  const where = Object.entries(fields).map(([key, value]) => `, ${key} ${value}`).join("");
  const message = `${CANNOT_REPLAY}: ${structure}: ${why}${where}. ${ADVICE}`;
  return new CorruptImageError("journal", structure, message, fields);
}

function bad(why: string, fields: Record<string, number>) {
  return badJournal(STRUCTURE, why, fields);
}

function refuse(features: string[], why: string): never {
  throw new UnsupportedFeatureError(
    features,
    `${CANNOT_REPLAY}: ${why}. ${ADVICE}`,
  );
}
