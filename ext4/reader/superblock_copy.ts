/**
 * Finds a copy of the superblock, where the first one does not say where copies are.
 * @module
 */

import { superblockChecksum } from "../checksums.ts";
import { CorruptImageError, UnsupportedFeatureError } from "../errors.ts";
import type { GroupNumber } from "../numbers.ts";
import { SUPERBLOCK, SUPERBLOCK_MAGIC } from "../structs/superblock.ts";
import type { BlockSource } from "./block_source.ts";
import { parseGeometry } from "./geometry.ts";
import { firstBlockOfGroup } from "./group_layout.ts";
import type { Reading } from "./reading.ts";

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

/** The block of a copy at an offset; `undefined` where those bytes are none. */
function blockOfCopy(bytes: Uint8Array, offset: number): number | undefined {
  try {
    const geometry = parseGeometry(bytes);
    const group = geometry.raw.s_block_group_nr as GroupNumber;
    const block = firstBlockOfGroup(geometry, group);
    return group > 0 && block * geometry.blockSizeBytes === offset ? block : undefined;
  } catch (error) {
    const isNone = error instanceof CorruptImageError || error instanceof UnsupportedFeatureError;
    if (isNone) return undefined;
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
