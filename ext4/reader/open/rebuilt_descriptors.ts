/**
 * Group descriptors that are broken and have no sound copy, as in images of one group: all that
 * reading takes is where the inode table is, and that can be found.
 * @module
 */

import { CorruptImageError } from "../../image_errors.ts";
import { type BlockNumber, type GroupNumber, type InodeNumber, ROOT_INODE } from "../../numbers.ts";
import { fileTypeOfMode } from "../../structs/directory.ts";
import { GROUP_DESCRIPTOR, GROUP_DESCRIPTOR_32 } from "../../structs/group_descriptor.ts";
import { S_IFDIR } from "../../tree.ts";
import { type Inode, isType, parseInode } from "../inode/inode.ts";
import type { Geometry } from "../layout/geometry.ts";
import { parseGroupDescriptor, writeBareDescriptor } from "../layout/group_descriptor.ts";
import {
  countBlocksOfGroup,
  descriptorBlock,
  descriptorsPerBlock,
} from "../layout/group_layout.ts";
import type { Reading } from "../reading.ts";

const PIECE_BYTES = 1 << 20;

/** Reads bytes of the image, zeros behind its end. */
export type ReadBytes = (offset: number, sizeBytes: number) => Reading<Uint8Array>;

/** A block of descriptors of which more can be read. */
export interface Rebuilt {
  readonly bytes: Uint8Array;
  /** Of those that were broken and are not any more. */
  readonly inodeTables: readonly BlockNumber[];
}

/**
 * Puts others in place of the broken descriptors of a block.
 * @param index of the block among those of descriptors
 * @returns `undefined` when none of the inode tables is found
 */
export function* rebuildDescriptors(
  geometry: Geometry,
  index: number,
  broken: Uint8Array,
  read: ReadBytes,
): Reading<Rebuilt | undefined> {
  const bytes = broken.slice();
  let behindLast = 0;
  const inodeTables: BlockNumber[] = [];
  const perBlock = descriptorsPerBlock(geometry);
  const end = Math.min((index + 1) * perBlock, geometry.countGroups);
  for (let group = index * perBlock as GroupNumber; group < end; group++) {
    const at = (group - index * perBlock) * geometry.descriptorSizeBytes;
    const stated = statedTable(geometry, bytes, at);
    if (isSound(geometry, group, bytes, at)) {
      behindLast = stated + geometry.inodeTableBlocks;
      continue;
    }
    const table = yield* findInodeTable(geometry, group, [stated, behindLast], read);
    // Of a group that is not found, the files are left out.
    if (table === undefined) continue;
    behindLast = table + geometry.inodeTableBlocks;
    writeBareDescriptor(geometry, group, bytes, at, table);
    inodeTables.push(table);
  }
  return inodeTables.length === 0 ? undefined : { bytes, inodeTables };
}

/** Whether the first descriptor leads to the root, whatever its checksum. */
export function* leadsToRoot(geometry: Geometry, read: ReadBytes): Reading<boolean> {
  const first = 0 as GroupNumber;
  const at = descriptorBlock(geometry, first) * geometry.blockSizeBytes;
  const stated = statedTable(geometry, yield* read(at, geometry.descriptorSizeBytes), 0);
  return yield* isInodeTable(geometry, first, stated, read);
}

function isSound(geometry: Geometry, group: GroupNumber, bytes: Uint8Array, at: number): boolean {
  try {
    parseGroupDescriptor(geometry, group, bytes, at);
    return true;
  } catch (error) {
    if (error instanceof CorruptImageError) return false;
    throw error;
  }
}

/** Where a broken descriptor says that the table is. */
function statedTable(geometry: Geometry, bytes: Uint8Array, at: number): number {
  const { bg_inode_table_lo } = GROUP_DESCRIPTOR_32.decode(bytes, at);
  if (geometry.descriptorSizeBytes < GROUP_DESCRIPTOR.sizeBytes) return bg_inode_table_lo;
  return GROUP_DESCRIPTOR.decode(bytes, at).bg_inode_table_hi * 0x1_0000_0000 + bg_inode_table_lo;
}

/** Where it is said to be, or behind that of the group before; the first group's is looked for. */
function* findInodeTable(
  geometry: Geometry,
  group: GroupNumber,
  candidates: readonly number[],
  read: ReadBytes,
): Reading<BlockNumber | undefined> {
  for (const block of candidates) {
    if (yield* isInodeTable(geometry, group, block, read)) return block as BlockNumber;
  }
  return group === 0 ? yield* searchInodeTable(geometry, read) : undefined;
}

/** Looks through the first group, in long reads. */
function* searchInodeTable(geometry: Geometry, read: ReadBytes): Reading<BlockNumber | undefined> {
  const { blockSizeBytes, firstDataBlock } = geometry;
  const first = 0 as GroupNumber;
  const end = firstDataBlock + countBlocksOfGroup(geometry, first);
  const perPiece = PIECE_BYTES / blockSizeBytes;
  for (let start = firstDataBlock + 1; start < end; start += perPiece) {
    const bytes = yield* read(start * blockSizeBytes, PIECE_BYTES + headBytes(geometry));
    for (let block = start; block < Math.min(start + perPiece, end); block++) {
      if (looksLikeTable(geometry, first, block, bytes, (block - start) * blockSizeBytes)) {
        return block as BlockNumber;
      }
    }
  }
  return undefined;
}

function* isInodeTable(
  geometry: Geometry,
  group: GroupNumber,
  block: number,
  read: ReadBytes,
): Reading<boolean> {
  const bytes = yield* read(block * geometry.blockSizeBytes, headBytes(geometry));
  return looksLikeTable(geometry, group, block, bytes, 0);
}

/** Bytes of a table that are looked at: a block, and the root in any case. */
function headBytes({ blockSizeBytes, inodeSizeBytes }: Geometry): number {
  return Math.max(blockSizeBytes, ROOT_INODE * inodeSizeBytes);
}

/** The first group has an inode that is always in use: the root; others at least one that is sound. */
function looksLikeTable(
  geometry: Geometry,
  group: GroupNumber,
  block: number,
  bytes: Uint8Array,
  start: number,
): boolean {
  const { inodeSizeBytes, inodesPerGroup, inodeTableBlocks, countBlocks } = geometry;
  const isInside = block > geometry.firstDataBlock && block + inodeTableBlocks <= countBlocks;
  if (!isInside) return false;
  const root = (ROOT_INODE - 1) * inodeSizeBytes;
  if (group === 0) return isFolder(geometry, soundInode(geometry, ROOT_INODE, bytes, start + root));
  for (let at = 0; at < headBytes(geometry); at += inodeSizeBytes) {
    const number = group * inodesPerGroup + at / inodeSizeBytes + 1 as InodeNumber;
    const inode = soundInode(geometry, number, bytes, start + at);
    if (inode !== undefined && fileTypeOfMode(inode.mode) !== 0) return true;
  }
  return false;
}

function isFolder({ blockSizeBytes }: Geometry, inode: Inode | undefined): boolean {
  return inode !== undefined && isType(inode, S_IFDIR) && inode.countLinks >= 2 &&
    inode.sizeBytes > 0 &&
    inode.sizeBytes % blockSizeBytes === 0;
}

function soundInode(
  geometry: Geometry,
  number: InodeNumber,
  bytes: Uint8Array,
  at: number,
): Inode | undefined {
  try {
    return parseInode(geometry, number, bytes, at);
  } catch (error) {
    if (error instanceof CorruptImageError) return undefined;
    throw error;
  }
}
