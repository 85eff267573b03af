/**
 * How large a file system must be made so that a tree fits and little is left over.
 * @module
 */

import type { BlockSizeBytes } from "../../ext4/numbers.ts";
import { BLOCK_SIZES, WORTH } from "../../ext4/plan/block_size.ts";
import { groupsWithSuperblock } from "../../ext4/sparse_super.ts";
import { INODE_SIZE_BYTES } from "../../ext4/structs/inode.ts";
import type { Tree } from "../../ext4/tree.ts";
import { fitsBlocks, type Needs, needsOf } from "./needs.ts";

/** The size and shape that `allocate` and `format` agree on. */
export interface Geometry {
  readonly blockSizeBytes: BlockSizeBytes;
  readonly countBlocks: number;
  readonly sizeBytes: number;
  /** Inodes a group of `blocksPerGroup` blocks gets; after shrinking there must still be enough. */
  readonly inodesPerGroup: number;
  readonly blocksPerGroup: number;
  /** Inodes to ask mkfs for. */
  readonly countInodes: number;
  readonly needs: Needs;
}

/** Slack for what the kernel does otherwise than foreseen; `shrink` takes it back. */
const SLACK = 0.004;
const SLACK_BLOCKS = 96;
/** The kernel sets aside 2 % of the blocks, at most 4,096, and calls the rest full. */
const KERNEL_RESERVE = 0.02;
const MOST_KERNEL_RESERVE_BLOCKS = 4096;

/** Free blocks without which a tree cannot be copied. */
export function freeBlocksNeeded({ countDataBlocks }: Needs): number {
  const reserve = Math.min(MOST_KERNEL_RESERVE_BLOCKS, countDataBlocks * KERNEL_RESERVE * 1.1);
  return Math.ceil(countDataBlocks * (1 + SLACK) + reserve) + SLACK_BLOCKS;
}

/**
 * The geometry for a tree.
 *
 * @param blockSize `auto`: of the sizes that the tree fits, the one with the smallest image; 4096
 *   where that is within 2 %.
 * @param sizeBytes A size that the user insists on.
 */
export function geometryOf(
  tree: Tree,
  blockSize: BlockSizeBytes | "auto",
  sizeBytes: number | undefined,
): Geometry {
  const [largest, ...smaller] = BLOCK_SIZES;
  const sizes = blockSize === "auto"
    ? [largest!, ...smaller.filter((size) => fitsBlocks(tree, size))]
    : [blockSize];
  const candidates = sizes.map((size) => exactGeometry(needsOf(tree, size)));
  const smallest = Math.min(...candidates.map((each) => each.sizeBytes));
  const best = candidates.find((each) => each.sizeBytes <= smallest * WORTH)!;
  return sizeBytes === undefined ? best : resized(best, sizeBytes);
}

function exactGeometry(needs: Needs): Geometry {
  const { blockSizeBytes, countInodes } = needs;
  const blocksPerGroup = 8 * blockSizeBytes;
  const data = freeBlocksNeeded(needs);
  let countGroups = Math.max(1, Math.ceil(data / blocksPerGroup));
  for (;;) {
    const inodesPerGroup = roundInodes(countInodes / countGroups, blockSizeBytes);
    const countBlocks = data + overhead(countGroups, inodesPerGroup, blockSizeBytes);
    const needed = Math.ceil(countBlocks / blocksPerGroup);
    // A group holds no more inodes than one bitmap block has bits.
    if (needed <= countGroups && inodesPerGroup <= blocksPerGroup) {
      const whole = fillLastGroup(countBlocks, inodesPerGroup, blockSizeBytes);
      return geometry(needs, countGroups, whole, inodesPerGroup);
    }
    countGroups = Math.max(needed, countGroups + 1);
  }
}

function resized({ needs, inodesPerGroup, blocksPerGroup }: Geometry, sizeBytes: number): Geometry {
  const smallest = overhead(1, inodesPerGroup, needs.blockSizeBytes) + SLACK_BLOCKS;
  const countBlocks = Math.max(smallest, Math.floor(sizeBytes / needs.blockSizeBytes));
  const countGroups = Math.max(1, Math.ceil(countBlocks / blocksPerGroup));
  return geometry(needs, countGroups, countBlocks, inodesPerGroup);
}

function geometry(
  needs: Needs,
  countGroups: number,
  countBlocks: number,
  inodesPerGroup: number,
): Geometry {
  const { blockSizeBytes } = needs;
  return {
    blockSizeBytes,
    countBlocks,
    sizeBytes: countBlocks * blockSizeBytes,
    inodesPerGroup,
    blocksPerGroup: 8 * blockSizeBytes,
    countInodes: inodesPerGroup * countGroups,
    needs,
  };
}

/** mkfs leaves out a last group that has room for little more than its own tables. */
function fillLastGroup(
  countBlocks: number,
  inodesPerGroup: number,
  blockSizeBytes: number,
): number {
  const blocksPerGroup = 8 * blockSizeBytes;
  const wholeGroups = Math.floor(countBlocks / blocksPerGroup);
  const least = overhead(1, inodesPerGroup, blockSizeBytes) + SLACK_BLOCKS;
  const last = countBlocks - wholeGroups * blocksPerGroup;
  return last === 0 || last >= least ? countBlocks : wholeGroups * blocksPerGroup + least;
}

/** mkfs fills whole blocks of the inode table, and counts inodes in eights. */
function roundInodes(count: number, blockSizeBytes: number): number {
  const unit = Math.max(8, blockSizeBytes / INODE_SIZE_BYTES);
  return Math.max(unit, Math.ceil(count / unit) * unit);
}

/** Blocks of superblocks, descriptors, bitmaps and inode tables. */
export function overhead(
  countGroups: number,
  inodesPerGroup: number,
  blockSizeBytes: number,
): number {
  const descriptorBlocks = Math.ceil(countGroups * 64 / blockSizeBytes);
  const tables = Math.ceil(inodesPerGroup * INODE_SIZE_BYTES / blockSizeBytes);
  const copies = groupsWithSuperblock(countGroups).length;
  return 1 + countGroups * (2 + tables) + copies * (1 + descriptorBlocks);
}
