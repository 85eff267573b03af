/**
 * The record of an image, if inode 5 holds one: digests of the files' contents.
 * @module
 */

import { crc32c, CRC32C_SEED } from "../../crc32c.ts";
import { CorruptImageError } from "../../image_errors.ts";
import { BOOT_LOADER_INODE, type InodeNumber } from "../../numbers.ts";
import {
  addToInodesChecksum,
  addWordsToInodesChecksum,
  digestsSizeBytes,
  type RecordBase,
  recordHeaderSizeBytes,
  recordSizeBytes,
} from "../../record.ts";
import { INODE } from "../../structs/inode.ts";
import {
  RECORD_ALGORITHM,
  RECORD_BASE,
  RECORD_DIGEST_BYTES,
  RECORD_FLAGS,
  RECORD_HEADER,
  RECORD_MAGIC,
  RECORD_VERSION,
  type RecordHeader,
} from "../../structs/record.ts";
import { S_IFREG } from "../../tree.ts";
import { FileData } from "../contents/file_data.ts";
import { isType, parseInode } from "../inode/inode.ts";
import { isZero, u32At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import type { KnownInodes } from "./known_inodes.ts";

/** What inode 5 holds. */
export type StoredRecord =
  /** Nothing, or a boot loader's data. */
  | { readonly kind: "none" }
  /** A record that a later version wrote, or that is damaged. */
  | {
    readonly kind: "unknown" | "broken";
    readonly why: string;
    /** Whether it seems to be that of a layer: what that lies on is not known then. */
    readonly mayBeLayer: boolean;
  }
  | { readonly kind: "record"; readonly record: RecordData };

/** Longer headers than this are not headers. */
const HEADER_MAX_BYTES = 65_536;
const SLASH = 0x2f;
const MAGIC_AT = RECORD_HEADER.offsets.r_magic;
const CHECKSUM_AT = RECORD_HEADER.offsets.r_checksum;

/** A record whose header is sound; whether its table is, its reader finds out by the last digest. */
export class RecordData {
  constructor(
    /** All bytes before the table. */
    readonly header: Uint8Array,
    readonly raw: RecordHeader,
    /** The image below, where this one is a layer. */
    readonly base: RecordBase | undefined,
    private readonly data: FileData,
  ) {}

  /** Inodes that the table has a digest of, from number 1 on. */
  get countInodes(): number {
    return this.raw.r_inodes_count;
  }

  /** Whether the image holds all times of its source, and not the time of modification alone. */
  get hasAllTimes(): boolean {
    return (this.raw.r_flags & RECORD_FLAGS.all_times) !== 0;
  }

  /** Reads digests of consecutive inodes; of the one behind the last, the digest of the table. */
  *read(first: InodeNumber, into: Uint8Array): Reading<void> {
    const at = this.header.length + (first - 1) * RECORD_DIGEST_BYTES;
    yield* this.data.read(at, into);
  }
}

/** Looks into inode 5. Nothing that is found there is an error. */
export function* loadRecord(volume: Volume): Reading<StoredRecord> {
  let hasLayersSize = false;
  try {
    const { block, start } = yield* volume.inodes.loadBytes(BOOT_LOADER_INODE);
    const { inodeSizeBytes } = volume.geometry;
    if (isZero(block, start, start + inodeSizeBytes)) {
      return (yield* isLeftBehind(volume)) ? LOST : { kind: "none" };
    }
    hasLayersSize = isSizeOfLayer(volume, block, start);
    const stored = yield* load(volume, block, start);
    if (stored.kind === "none" && (yield* isLeftBehind(volume))) return LOST;
    if (stored.kind === "record" || !hasLayersSize) return stored;
    const why = "why" in stored ? stored.why : "its header is gone";
    return { kind: stored.kind === "unknown" ? "unknown" : "broken", why, mayBeLayer: true };
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    return { kind: "broken", why: error.message, mayBeLayer: hasLayersSize };
  }
}

/** A layer's record that its inode does not lead to any more. */
const LOST: StoredRecord = { kind: "broken", why: "inode 5 does not hold it", mayBeLayer: true };

/**
 * Whether the last blocks of the image are the record of a layer. They are asked where inode 5 has
 * none, and no block is free, as in all images that icecore makes: a layer must not pass for all of
 * a tree because one inode was wiped.
 */
function* isLeftBehind({ geometry, cache, countBlocksThere }: Volume): Reading<boolean> {
  const { raw, blockSizeBytes, countBlocks, countInodes } = geometry;
  const hasFree = raw.s_free_blocks_count_lo !== 0 || raw.s_free_blocks_count_hi !== 0;
  if (hasFree || countBlocksThere < countBlocks) return false;
  const recordBytes = recordSizeBytes(countInodes - raw.s_free_inodes_count, true);
  const at = (countBlocks - Math.ceil(recordBytes / blockSizeBytes)) * blockSizeBytes;
  if (at <= 0) return false;
  const header = new Uint8Array(recordHeaderSizeBytes(true));
  yield* cache.copy(at, header, true);
  const { r_checksum, r_flags } = RECORD_HEADER.decode(header);
  return headerChecksum(header) === r_checksum && (r_flags & RECORD_FLAGS.base) !== 0;
}

/**
 * Whether the record has to be read to know whether the image is a layer. It has not where inode 5
 * is not in use, or is as large as that of a full image, to which nothing was written since.
 */
export function* loadMayBeLayer(volume: Volume): Reading<boolean> {
  const { geometry, inodes } = volume;
  const { raw, inodeSizeBytes } = geometry;
  const wasWritten = raw.s_mtime !== 0 || raw.s_wtime !== raw.s_mkfs_time;
  if (wasWritten) return true;
  try {
    const { block, start } = yield* inodes.loadBytes(BOOT_LOADER_INODE);
    const countUsed = geometry.countInodes - raw.s_free_inodes_count;
    if (isZero(block, start, start + inodeSizeBytes)) return yield* isLeftBehind(volume);
    return u32At(block, start + INODE.offsets.i_size_lo) !== recordSizeBytes(countUsed, false);
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    return true;
  }
}

/**
 * Whether inode 5, which may be damaged, has the size of a layer's record, or had it before a bit of
 * that changed: an image that is half of a tree must not pass for all of it.
 */
function isSizeOfLayer({ geometry }: Volume, block: Uint8Array, start: number): boolean {
  const countUsed = geometry.countInodes - geometry.raw.s_free_inodes_count;
  const bits = u32At(block, start + INODE.offsets.i_size_lo) ^ recordSizeBytes(countUsed, true);
  return (bits & (bits - 1)) === 0;
}

function* load(volume: Volume, block: Uint8Array, start: number): Reading<StoredRecord> {
  const { geometry } = volume;
  const inode = parseInode(geometry, BOOT_LOADER_INODE, block, start);
  if (!isType(inode, S_IFREG) || inode.sizeBytes < RECORD_HEADER.sizeBytes) return { kind: "none" };
  const data = yield* FileData.open(volume, inode);
  const fixed = new Uint8Array(RECORD_HEADER.sizeBytes);
  yield* data.read(0, fixed);
  const sizeBytes = RECORD_HEADER.decode(fixed).r_header_size;
  const isPlausible = sizeBytes >= fixed.length && sizeBytes <= HEADER_MAX_BYTES;
  const header = new Uint8Array(isPlausible ? sizeBytes : fixed.length);
  yield* data.read(0, header);
  return judge(header, data);
}

function judge(header: Uint8Array, data: FileData): StoredRecord {
  const raw = RECORD_HEADER.decode(header);
  const isLayer = (raw.r_flags & RECORD_FLAGS.base) !== 0;
  const mayBeLayer = isLayer || raw.r_header_size === recordHeaderSizeBytes(true);
  const hasMagic = RECORD_MAGIC.every((byte, i) => header[MAGIC_AT + i] === byte);
  if (headerChecksum(header) !== raw.r_checksum) {
    return hasMagic
      ? { kind: "broken", why: "the checksum of its header is wrong", mayBeLayer }
      : { kind: "none" };
  }
  // The checksum counts on the right magic: that alone is damaged, and what follows is a record.
  if (!hasMagic) return { kind: "broken", why: "r_magic is wrong", mayBeLayer };
  if (raw.r_version !== RECORD_VERSION || raw.r_algorithm !== RECORD_ALGORITHM.sha256) {
    const why = `it has version ${raw.r_version} and algorithm ${raw.r_algorithm}`;
    return { kind: "unknown", why, mayBeLayer };
  }
  if (data.sizeBytes !== header.length + digestsSizeBytes(raw.r_inodes_count)) {
    const why = `it has ${data.sizeBytes} bytes, which does not fit its header`;
    return { kind: "broken", why, mayBeLayer };
  }
  const base = isLayer ? parseBase(header) : undefined;
  if (isLayer && base === undefined) {
    return { kind: "broken", why: "what it says of the image below makes no sense", mayBeLayer };
  }
  return { kind: "record", record: new RecordData(header, raw, base, data) };
}

/** @returns `undefined` where the fields cannot be right. */
function parseBase(header: Uint8Array): RecordBase | undefined {
  if (header.length < RECORD_HEADER.sizeBytes + RECORD_BASE.sizeBytes) return undefined;
  const raw = RECORD_BASE.decode(header, RECORD_HEADER.sizeBytes);
  const name = raw.rb_name.subarray(0, raw.rb_name_length);
  const isName = raw.rb_name_length >= 1 && raw.rb_name_length <= raw.rb_name.length &&
    !name.includes(0) && !name.includes(SLASH);
  if (!isName || raw.rb_depth < 1) return undefined;
  return { name, uuid: raw.rb_uuid, digest: raw.rb_digest, depth: raw.rb_depth };
}

/** What `r_checksum` should be, whatever magic and checksum are there. */
function headerChecksum(header: Uint8Array): number {
  const plain = header.slice();
  plain.set(RECORD_MAGIC, MAGIC_AT);
  plain.fill(0, CHECKSUM_AT, CHECKSUM_AT + 4);
  return crc32c(CRC32C_SEED, plain);
}

/**
 * The checksum that binds a record to the inodes it was made for.
 * @param known gets those that are sound
 * @returns `undefined` where an inode is damaged: then nobody knows what it was
 */
export function* loadInodesChecksum(
  volume: Volume,
  countInodes: number,
  known?: KnownInodes,
): Reading<number | undefined> {
  const { geometry, inodes } = volume;
  const { inodeSizeBytes } = geometry;
  if (inodeSizeBytes < RECORD_INODE_BYTES || countInodes > geometry.countInodes) return undefined;
  let checksum = CRC32C_SEED;
  try {
    yield* inodes.visit(countInodes, (number, { bytes, words }, start) => {
      if (!isZero(bytes, start, start + inodeSizeBytes)) {
        const inode = parseInode(geometry, number, bytes, start, words);
        known?.add(geometry, inode);
      }
      checksum = words === undefined
        ? addToInodesChecksum(checksum, bytes, start)
        : addWordsToInodesChecksum(checksum, words, start / 4);
    });
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    return undefined;
  }
  return checksum;
}

/** Of an inode that a record can be bound to: its times have nanoseconds. */
const RECORD_INODE_BYTES = 160;
