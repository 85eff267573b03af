/**
 * Checks the inode that owns the room for more group descriptors.
 *
 * It has one block of its own, a list of the reserved blocks of group 0; each of those lists the
 * same block of the groups with copies. Source: e2fsprogs e2fsck/super.c `check_resize_inode`.
 * @module
 */

import type { BlockNumber } from "../numbers.ts";
import { corrupt } from "../reader/corrupt.ts";
import { blockField, hasFlag, type Inode, isType } from "../reader/inode/inode.ts";
import { groupsWithCopies } from "../reader/layout/descriptor_copies.ts";
import { hasCompat } from "../reader/layout/geometry.ts";
import { countDescriptorBlocks, superblockBlock } from "../reader/layout/group_layout.ts";
import { isZero, u32At } from "../reader/little_endian.ts";
import { allocatedBytes } from "../reader/metadata/stat.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock, requireFileBlocks } from "../reader/volume.ts";
import { S_IFREG } from "../tree.ts";
import type { CheckState } from "./check_state.ts";

/** Its number. */
export const RESIZE_INODE = 7;
const STRUCTURE = "ext4_inode";
const DOUBLE_INDIRECT_AT = 4 * 13;

/**
 * Checks it. What it points to is counted as the file system's own; only the list is its own.
 * @throws CorruptImageError when it is broken
 */
export function* checkResizeInode(state: CheckState, inode: Inode): Reading<void> {
  const { volume, used } = state;
  const { geometry } = volume;
  const field = blockField(inode);
  const bad = (why: string, fields = {}) =>
    corrupt("resize-inode", STRUCTURE, why, { inode: inode.number, ...fields });
  if (inode.xattrBlock !== 0) throw bad("it has attributes");
  if (hasFlag(inode, "extents") || hasFlag(inode, "inline_data")) {
    throw bad("it has extents or inline contents");
  }
  if (!hasCompat(geometry, "resize_inode")) {
    if (isZero(field)) return;
    throw bad("it has blocks, and the image no resize_inode");
  }
  const list = u32At(field, DOUBLE_INDIRECT_AT);
  const hasOthers = !isZero(field, 0, DOUBLE_INDIRECT_AT) || !isZero(field, DOUBLE_INDIRECT_AT + 4);
  if (list === 0 || hasOthers || inode.countLinks === 0 || !isType(inode, S_IFREG)) {
    throw bad("it is not a file with a list of blocks and nothing else");
  }
  requireFileBlocks(volume, list, 1, STRUCTURE, inode.number);
  const isTaken = used.claim(list, 1) !== undefined;
  const countBlocks = 1 + (yield* checkList(state, list, bad));
  const allocated = allocatedBytes(geometry, inode);
  const expected = countBlocks * geometry.blocksPerCluster * geometry.blockSizeBytes;
  if (allocated !== expected) {
    const why = "i_blocks does not fit the blocks of the file";
    const fields = { inode: inode.number, allocatedBytes: allocated, expected };
    throw corrupt("inode-blocks", STRUCTURE, why, fields);
  }
  if (isTaken) {
    const fields = { inode: inode.number, block: list };
    throw corrupt("block-twice", STRUCTURE, "a block has two owners", fields);
  }
}

/** @returns how many blocks the list and the lists it points to name */
function* checkList(
  { volume }: CheckState,
  list: number,
  bad: (why: string, fields: Record<string, number>) => Error,
): Reading<number> {
  const { geometry } = volume;
  const { raw, blocksPerGroup } = geometry;
  const perBlock = geometry.blockSizeBytes / 4;
  const countDescriptors = countDescriptorBlocks(geometry);
  const copies = [...groupsWithCopies(geometry)].slice(0, perBlock);
  const first = (yield* loadBlock(volume, list as BlockNumber)).slice();
  let count = 0;
  for (let i = 0; i < raw.s_reserved_gdt_blocks; i++) {
    const expected = superblockBlock(geometry) + 1 + countDescriptors + i;
    const pointer = u32At(first, 4 * ((countDescriptors + i) % perBlock));
    if (pointer !== expected) {
      throw bad("its list names another block", { block: list, pointer, expected });
    }
    count += 1 + copies.length;
    const second = yield* loadBlock(volume, pointer as BlockNumber);
    for (const [k, group] of copies.entries()) {
      const copy = expected + group * blocksPerGroup;
      if (u32At(second, 4 * k) === copy) continue;
      throw bad("a list names another block", { block: pointer, expected: copy });
    }
    if (isZero(second, 4 * copies.length)) continue;
    throw bad("a list names too many blocks", { block: pointer });
  }
  const end = countDescriptors + raw.s_reserved_gdt_blocks;
  for (let i = 0; i < perBlock; i++) {
    const isReserved = i >= countDescriptors ? i < end : i + perBlock < end;
    if (!isReserved && u32At(first, 4 * i) !== 0) {
      throw bad("its list names too many blocks", { block: list });
    }
  }
  return count;
}
