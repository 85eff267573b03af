/**
 * Compares the copies of the superblock with the first one, and looks at what lies around it.
 * @module
 */

import { superblockChecksum } from "../checksums.ts";
import type { BlockNumber } from "../numbers.ts";
import { badChecksum, corrupt } from "../reader/corrupt.ts";
import { groupsWithCopies } from "../reader/layout/descriptor_copies.ts";
import { type Geometry, hasCompat, hasRoCompat } from "../reader/layout/geometry.ts";
import { firstBlockOfGroup, superblockBlock } from "../reader/layout/group_layout.ts";
import { isZero } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock } from "../reader/volume.ts";
import { SUPERBLOCK, SUPERBLOCK_OFFSET_BYTES } from "../structs/superblock.ts";
import type { CheckState } from "./check_state.ts";
import { checkSuperblockFields } from "./superblock_fields_check.ts";

/** What no mount ever changes; the rest of a copy may be out of date. */
const FIXED_FIELDS = [
  "s_inodes_count",
  "s_blocks_count_lo",
  "s_first_data_block",
  "s_log_block_size",
  "s_blocks_per_group",
  "s_inodes_per_group",
  "s_magic",
  "s_inode_size",
  "s_desc_size",
] as const;

const STRUCTURE = "ext4_super_block";

/** Checks all copies, and the unused bytes around the first superblock. */
export function* checkSuperblocks(state: CheckState): Reading<void> {
  const { volume, findings, isExact } = state;
  const { geometry } = volume;
  if (isExact) yield* findings.attempt(checkSurroundings(state));
  checkSuperblockFields(state);
  const first = yield* loadBlock(volume, superblockBlock(geometry) as BlockNumber);
  const at = geometry.blockSizeBytes > SUPERBLOCK_OFFSET_BYTES ? SUPERBLOCK_OFFSET_BYTES : 0;
  const primary = first.slice(at, at + SUPERBLOCK.sizeBytes);
  for (const group of groupsWithCopies(geometry)) {
    const block = firstBlockOfGroup(geometry, group);
    const bytes = yield* loadBlock(volume, block);
    yield* findings.attempt(checkCopy(state, group, block, bytes, primary));
  }
}

// deno-lint-ignore require-yield
function* checkCopy(
  state: CheckState,
  group: number,
  block: number,
  bytes: Uint8Array,
  primary: Uint8Array,
): Reading<void> {
  const copy = SUPERBLOCK.decode(bytes);
  const fields = { group, block };
  // genext2fs leaves the copies out, which nothing minds.
  if (!state.volume.geometry.metadataChecksums && isZero(bytes)) return;
  if (state.volume.geometry.metadataChecksums) {
    const computed = superblockChecksum(bytes);
    if (computed !== copy.s_checksum) {
      throw badChecksum("superblock-checksum", STRUCTURE, copy.s_checksum, computed, fields);
    }
  }
  const { raw } = state.volume.geometry;
  for (const field of FIXED_FIELDS) {
    if (copy[field] === raw[field]) continue;
    throw corrupt("superblock-copy", STRUCTURE, `${field} of the copy is another`, {
      ...fields,
      copy: copy[field],
      first: raw[field],
    });
  }
  if (!state.isExact) return;
  // The field has 16 bits; old programs left it 0.
  if (copy.s_block_group_nr !== (group & 0xffff)) {
    throw corrupt("superblock-copy", STRUCTURE, "s_block_group_nr is wrong", {
      ...fields,
      s_block_group_nr: copy.s_block_group_nr,
    });
  }
  const { s_block_group_nr, s_checksum } = SUPERBLOCK.offsets;
  for (let i = 0; i < s_checksum; i++) {
    const isNumber = i === s_block_group_nr || i === s_block_group_nr + 1;
    if (bytes[i] === primary[i] || isNumber) continue;
    throw corrupt("superblock-copy", STRUCTURE, "the copy differs from the first", {
      ...fields,
      offset: i,
    });
  }
  if (!isZero(bytes, SUPERBLOCK.sizeBytes)) {
    throw corrupt("slack", STRUCTURE, "the bytes behind it are not zero", fields);
  }
}

/** The room for boot code, and the rest of the block. */
function* checkSurroundings(state: CheckState): Reading<void> {
  const first = yield* loadBlock(state.volume, 0 as BlockNumber);
  const bootBytes = Math.min(SUPERBLOCK_OFFSET_BYTES, first.length);
  const end = SUPERBLOCK_OFFSET_BYTES + SUPERBLOCK.sizeBytes;
  if (isZero(first, 0, bootBytes) && isZero(first, end)) return;
  throw corrupt("slack", "boot block", "the bytes around the superblock are not zero", {
    block: 0,
  });
}

/** Whether an image looks as icecore leaves it: read-only, without journal, never mounted. */
export function looksUntouched(geometry: Geometry): boolean {
  const { raw } = geometry;
  return hasRoCompat(geometry, "read-only") && geometry.metadataChecksums &&
    !hasCompat(geometry, "has_journal") && !hasCompat(geometry, "resize_inode") &&
    raw.s_mtime === 0 && raw.s_kbytes_written === 0n;
}
