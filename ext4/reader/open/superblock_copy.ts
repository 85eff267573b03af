/**
 * Finds a copy of the superblock, where the first one does not say where copies are.
 * @module
 */

import { superblockChecksum } from "../../checksums.ts";
import { RO_COMPAT } from "../../features.ts";
import { CorruptImageError, UnsupportedFeatureError } from "../../image_errors.ts";
import type { GroupNumber } from "../../numbers.ts";
import { SUPERBLOCK, SUPERBLOCK_MAGIC, SUPERBLOCK_OFFSET_BYTES } from "../../structs/superblock.ts";
import type { BlockSource } from "../bytes/block_source.ts";
import { readBytes } from "../bytes/read_bytes.ts";
import { parseGeometry } from "../layout/geometry.ts";
import { firstBlockOfGroup } from "../layout/group_layout.ts";
import type { Reading } from "../reading.ts";
import { leadsToRoot, type ReadBytes } from "./rebuilt_descriptors.ts";

/** A copy that was found. */
export interface SuperblockCopy {
  /** As it lies there: it says in which group. */
  readonly bytes: Uint8Array;
  readonly block: number;
}

/**
 * How far copies are looked for. Group 1 begins with one, and a group has at most 128 MiB with
 * blocks of up to 4 KiB; with larger blocks, group 1 is larger, and images are rare.
 */
const SEARCHED_BYTES = 129 << 20;
const PIECE_BYTES = 1 << 20;
/** The smallest block: copies begin at a multiple of it. */
const STEP_BYTES = 1024;

/** Looks for a sound copy that lies where it says that it does. */
export function* findSuperblockCopy(source: BlockSource): Reading<SuperblockCopy | undefined> {
  const searched = Math.min(source.sizeBytes, SEARCHED_BYTES);
  for (let start = 0; start < searched; start += PIECE_BYTES) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, searched - start));
    const wait = source.read(start, piece);
    if (wait !== undefined) yield wait;
    for (let at = 0; at + SUPERBLOCK.sizeBytes <= piece.length; at += STEP_BYTES) {
      const magicAt = at + SUPERBLOCK.offsets.s_magic;
      if ((piece[magicAt]! | piece[magicAt + 1]! << 8) !== SUPERBLOCK_MAGIC) continue;
      const bytes = piece.slice(at, at + SUPERBLOCK.sizeBytes);
      const block = blockOfCopy(bytes, start + at);
      if (block !== undefined) return { bytes, block };
    }
  }
  return undefined;
}

/** The block of a copy at an offset; `undefined` where those bytes are not a superblock. */
function blockOfCopy(bytes: Uint8Array, offset: number): number | undefined {
  try {
    const geometry = parseGeometry(bytes);
    const group = geometry.raw.s_block_group_nr as GroupNumber;
    const block = firstBlockOfGroup(geometry, group);
    return group > 0 && block * geometry.blockSizeBytes === offset ? block : undefined;
  } catch (error) {
    if (isNoSuperblock(error)) return undefined;
    throw error;
  }
}

/** A copy as it would be in front of all groups. */
export function asFirstSuperblock(copy: Uint8Array): Uint8Array {
  const first = copy.slice();
  SUPERBLOCK.encodeInto(first, 0, { s_block_group_nr: 0 });
  // Without metadata_csum the field is not looked at.
  if (SUPERBLOCK.decode(copy).s_checksum === superblockChecksum(copy)) {
    SUPERBLOCK.encodeInto(first, 0, { s_checksum: superblockChecksum(first) });
  }
  return first;
}

/**
 * A broken superblock with a checksum that fits, where the checksum alone is wrong, and it leads to
 * the root; a bit that switches checksums off counts as such.
 * @returns `undefined` where there is more wrong with it
 */
export function* uncheckedSuperblock(
  broken: Uint8Array,
  read: ReadBytes,
): Reading<Uint8Array | undefined> {
  const bytes = broken.slice();
  const { s_feature_ro_compat } = SUPERBLOCK.decode(bytes);
  const on = (s_feature_ro_compat | RO_COMPAT.metadata_csum) >>> 0;
  SUPERBLOCK.encodeInto(bytes, 0, { s_feature_ro_compat: on });
  SUPERBLOCK.encodeInto(bytes, 0, { s_checksum: superblockChecksum(bytes) });
  try {
    return (yield* leadsToRoot(parseGeometry(bytes), read)) ? bytes : undefined;
  } catch (error) {
    if (isNoSuperblock(error)) return undefined;
    throw error;
  }
}

/** Where the first copy lies with blocks of 1, 2 and 4 KiB and groups as large as they can be. */
const USUAL_COPIES = [8193 * 1024, 16_384 * 2048, 32_768 * 4096];

/**
 * Whether an image whose first superblock is broken can be read all the same, as far as can be determined
 * without looking everywhere.
 */
export function* hasSuperblockToUse(source: BlockSource): Reading<boolean> {
  const read: ReadBytes = (offset, sizeBytes) => readBytes(source, offset, sizeBytes);
  const first = yield* read(SUPERBLOCK_OFFSET_BYTES, SUPERBLOCK.sizeBytes);
  if ((yield* uncheckedSuperblock(first, read)) !== undefined) return true;
  for (const offset of USUAL_COPIES) {
    if (offset + SUPERBLOCK.sizeBytes > source.sizeBytes) return false;
    if (blockOfCopy(yield* read(offset, SUPERBLOCK.sizeBytes), offset) !== undefined) return true;
  }
  return false;
}

function isNoSuperblock(error: unknown): boolean {
  return error instanceof CorruptImageError || error instanceof UnsupportedFeatureError;
}
