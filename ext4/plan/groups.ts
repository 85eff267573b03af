/**
 * Groups: how many, how large, and where in the image everything lies.
 *
 * From front to back: superblock and descriptors, all bitmaps, all inode tables, all contents;
 * around the copies of superblock and descriptors that `sparse_super` puts at the start of some
 * groups. Contents fill every gap that a table does not fit into, so that no block stays free.
 * @module
 */

import { roundUp } from "../numbers.ts";
import { groupsWithSuperblock } from "../sparse_super.ts";
import { GROUP_DESCRIPTOR } from "../structs/group_descriptor.ts";
import { INODE_SIZE_BYTES } from "../structs/inode.ts";
import { type Piece, type Segments, segmentsOf } from "./segments.ts";

/** What has to find a place. */
export interface Demand {
  readonly blockSizeBytes: number;
  /** Inodes in use, the reserved ones counted. */
  readonly countInodes: number;
  /** Blocks of folders, links, attributes, extent trees and data. */
  readonly countContentBlocks: number;
}

/** Where everything lies. */
export interface Geometry {
  readonly blockSizeBytes: number;
  /** Block of the first superblock: 1 with 1 KiB blocks, else 0. */
  readonly firstDataBlock: number;
  readonly countBlocks: number;
  readonly blocksPerGroup: number;
  readonly countGroups: number;
  readonly inodesPerGroup: number;
  readonly tableBlocksPerGroup: number;
  readonly countDescriptorBlocks: number;
  /** Item `g`: block bitmap of group `g`; item `countGroups + g`: its inode bitmap. */
  readonly bitmaps: Segments;
  /** Item `g * tableBlocksPerGroup`: inode table of group `g`. */
  readonly tables: Segments;
  readonly contents: Segments;
  /** Blocks that nothing could be put into; empty for all but odd trees of empty files. */
  readonly free: readonly Piece[];
}

const BITS_PER_BYTE = 8;
/** Block sizes of groups are multiples of 8, because a bitmap's checksum covers whole bytes. */
const GROUP_STEP_BLOCKS = 8;
/** Smaller groups that are tried when the largest do not come out even. */
const MAX_TRIES = 4096;

/**
 * Finds the geometry with the fewest groups, and so the fewest blocks.
 * @returns `undefined` when there is none: too many blocks or inodes for this block size
 */
export function findGeometry(demand: Demand): Geometry | undefined {
  const groupMax = demand.blockSizeBytes * BITS_PER_BYTE;
  const largest = tryGroupSize(demand, groupMax);
  if (largest !== undefined && largest.free.length === 0) return largest;

  const inodesMin = Math.ceil(demand.countInodes / groupMax);
  const total = minimumBlocks(demand) + 2 * inodesMin;
  const start = Math.min(groupMax, roundUp(Math.ceil(total / inodesMin), GROUP_STEP_BLOCKS) + 64);
  let best = largest;
  for (let tries = 0, size = start; tries < MAX_TRIES && size >= 64; tries++) {
    const found = tryGroupSize(demand, size);
    if (found !== undefined && (best === undefined || found.countBlocks < best.countBlocks)) {
      best = found;
    }
    if (found !== undefined && found.free.length === 0) break;
    size -= GROUP_STEP_BLOCKS;
  }
  return best;
}

/** Blocks that are needed whatever the groups. */
function minimumBlocks(demand: Demand): number {
  const inodesPerBlock = demand.blockSizeBytes / INODE_SIZE_BYTES;
  return demand.countContentBlocks + Math.ceil(demand.countInodes / inodesPerBlock);
}

/** Adds groups until everything fits; there is no answer when then too many groups are there. */
function tryGroupSize(demand: Demand, blocksPerGroup: number): Geometry | undefined {
  let countGroups = Math.max(1, Math.floor(minimumBlocks(demand) / blocksPerGroup));
  for (;;) {
    const geometry = place(demand, blocksPerGroup, countGroups);
    if (geometry === undefined) return undefined;
    if (typeof geometry !== "number") {
      const blocks = geometry.countBlocks - geometry.firstDataBlock;
      return Math.ceil(blocks / blocksPerGroup) === countGroups ? geometry : undefined;
    }
    countGroups += Math.max(1, Math.floor(geometry / blocksPerGroup));
  }
}

/** @returns the blocks missing if it does not fit, `undefined` if no more groups would help */
function place(
  demand: Demand,
  blocksPerGroup: number,
  countGroups: number,
): Geometry | number | undefined {
  const { blockSizeBytes, countInodes } = demand;
  const inodesPerBlock = blockSizeBytes / INODE_SIZE_BYTES;
  const inodesPerGroup = roundUp(
    Math.ceil(countInodes / countGroups),
    Math.max(BITS_PER_BYTE, inodesPerBlock),
  );
  const tableBlocksPerGroup = inodesPerGroup / inodesPerBlock;
  const countDescriptorBlocks = Math.ceil(
    countGroups * GROUP_DESCRIPTOR.sizeBytes / blockSizeBytes,
  );
  const firstDataBlock = blockSizeBytes === 1024 ? 1 : 0;
  if (1 + countDescriptorBlocks >= blocksPerGroup) return undefined;
  if (inodesPerGroup * countGroups > 0xffff_ffff) return undefined;
  if (inodesPerGroup > blockSizeBytes * BITS_PER_BYTE) {
    const missing = minimumBlocks(demand) - countGroups * blocksPerGroup;
    return missing > 0 ? missing : undefined;
  }

  const regions = regionsBetweenCopies(
    firstDataBlock,
    blocksPerGroup,
    countGroups,
    countDescriptorBlocks,
  );
  const bitmaps = take(regions, 2 * countGroups, 1);
  const tables = take(regions, countGroups * tableBlocksPerGroup, tableBlocksPerGroup);
  const contents = take(regions, demand.countContentBlocks, 1);
  const missing = bitmaps.missing + tables.missing + contents.missing;
  if (missing > 0) return missing;

  const pieces = [...bitmaps.pieces, ...tables.pieces, ...contents.pieces];
  const countBlocks = Math.max(...pieces.map((piece) => piece.firstBlock + piece.countBlocks));
  const free = regions.filter(({ start, end }) => start < end && start < countBlocks);
  return {
    blockSizeBytes,
    firstDataBlock,
    countBlocks,
    blocksPerGroup,
    countGroups,
    inodesPerGroup,
    tableBlocksPerGroup,
    countDescriptorBlocks,
    bitmaps: segmentsOf(bitmaps.pieces),
    tables: segmentsOf(tables.pieces),
    contents: segmentsOf(contents.pieces),
    free: free.map(({ start, end }) => ({
      firstBlock: start,
      countBlocks: Math.min(end, countBlocks) - start,
    })),
  };
}

interface Region {
  start: number;
  readonly end: number;
}

function regionsBetweenCopies(
  firstDataBlock: number,
  blocksPerGroup: number,
  countGroups: number,
  countDescriptorBlocks: number,
): Region[] {
  const regions: Region[] = [];
  const startOf = (group: number) => firstDataBlock + group * blocksPerGroup;
  const groups = groupsWithSuperblock(countGroups);
  groups.forEach((group, i) => {
    const next = groups[i + 1] ?? countGroups;
    regions.push({ start: startOf(group) + 1 + countDescriptorBlocks, end: startOf(next) });
  });
  return regions;
}

/** Takes blocks from the front of the regions, in pieces of a multiple of `unitBlocks`. */
function take(
  regions: Region[],
  countBlocks: number,
  unitBlocks: number,
): { pieces: Piece[]; missing: number } {
  const pieces: Piece[] = [];
  let missing = countBlocks;
  for (const region of regions) {
    if (missing === 0) break;
    const fits = Math.floor((region.end - region.start) / unitBlocks) * unitBlocks;
    const taken = Math.min(fits, missing);
    if (taken === 0) continue;
    pieces.push({ firstBlock: region.start, countBlocks: taken });
    region.start += taken;
    missing -= taken;
  }
  return { pieces, missing };
}
