/**
 * Gives each block of a file's map, and of the map itself, its owner, and counts them.
 * @module
 */

import type { BlockNumber, FileBlock } from "../numbers.ts";
import {
  childBlock,
  entryStart,
  extentBlock,
  extentChild,
  extentLength,
  type ExtentNode,
  extentRoot,
  isUnwritten,
} from "../reader/contents/extent_node.ts";
import { COUNT_DIRECT, COUNT_TREES } from "../reader/contents/indirect_map.ts";
import { blockField, hasFlag, type Inode, isType } from "../reader/inode/inode.ts";
import { hasRoCompat } from "../reader/layout/geometry.ts";
import { isZero, u32At } from "../reader/little_endian.ts";
import type { Reading } from "../reader/reading.ts";
import { loadBlock, requireFileBlocks, type Volume } from "../reader/volume.ts";
import { EXTENT, EXTENT_HEADER, EXTENT_TAIL, extentsInBlock } from "../structs/extent.ts";
import { S_IFREG } from "../tree.ts";
import type { CheckState } from "./check_state.ts";
import type { ContentBlocks } from "./shared_contents.ts";

/** What a file's map takes. */
export interface FileBlocks extends ContentBlocks {
  /** Clusters of contents and map together. */
  readonly countClusters: number;
  /** One past the last file block that is mapped. */
  readonly endBlock: number;
  /** The same of those that were written, and not only reserved. */
  readonly endOfWritten: number;
}

/**
 * Claims all blocks of an inode that has a map.
 * @throws CorruptImageError when the map is broken
 */
export function* claimFileBlocks(state: CheckState, inode: Inode): Reading<FileBlocks> {
  const claims = new Claims(state, inode);
  if (hasFlag(inode, "extents")) yield* claims.extents(extentRoot(state.volume, inode));
  else yield* claims.pointers();
  return claims;
}

/**
 * The same of an inode whose root holds all of its extents, as that of most does: nothing is read.
 * @returns `undefined` for any other
 */
export function claimOfRoot(state: CheckState, inode: Inode): FileBlocks | undefined {
  if (!hasFlag(inode, "extents")) return undefined;
  const root = extentRoot(state.volume, inode);
  if (root.depth > 0) return undefined;
  const claims = new Claims(state, inode);
  claims.leaf(root);
  return claims;
}

class Claims implements FileBlocks {
  countClusters = 0;
  endBlock = 0;
  endOfWritten = 0;
  countMapped = 0;
  countShared = 0;
  firstBlock = 0;
  #lastCluster = -1;
  readonly #mayShare: boolean;

  constructor(private readonly state: CheckState, private readonly inode: Inode) {
    this.#mayShare = mayShareBlocks(state.volume, inode);
  }

  leaf(node: ExtentNode): void {
    for (let i = 0; i < node.countEntries; i++) {
      const start = entryStart(node, i);
      const length = extentLength(node, i);
      this.#data(start, extentBlock(node, i), length);
      if (!isUnwritten(node, i)) this.endOfWritten = start + length;
    }
  }

  /** Recurses to the depth that a verified tree can have, which is 5. */
  *extents(node: ExtentNode): Reading<void> {
    const { volume, isExact, findings } = this.state;
    if (node.depth === 0) return this.leaf(node);
    for (let i = 0; i < node.countEntries; i++) {
      const block = childBlock(node, i);
      // A block that has an owner already may lead in a circle.
      if (!this.#map(block)) continue;
      const bytes = yield* loadBlock(volume, block);
      const child = extentChild(volume, this.inode, node, i, bytes);
      if (child.countEntries > 0 && entryStart(child, 0) !== entryStart(node, i)) {
        findings.report(
          "extent-start",
          "ext4_extent_idx",
          "it does not begin as what it points to",
          {
            inode: this.inode.number,
            block,
          },
        );
      }
      const end = EXTENT_HEADER.sizeBytes + extentsInBlock(bytes.length) * EXTENT.sizeBytes +
        EXTENT_TAIL.sizeBytes;
      if (isExact && !isZero(bytes, end)) {
        findings.report("slack", "ext4_extent_tail", "the bytes behind it are not zero", {
          inode: this.inode.number,
          block,
        });
      }
      yield* this.extents(child);
    }
  }

  *pointers(): Reading<void> {
    const field = blockField(this.inode).slice();
    for (let i = 0; i < COUNT_DIRECT; i++) this.#pointer(u32At(field, 4 * i), i as FileBlock);
    const perBlock = this.state.volume.geometry.blockSizeBytes / 4;
    let start = COUNT_DIRECT;
    for (let levels = 1; levels <= COUNT_TREES; levels++) {
      const root = u32At(field, 4 * (COUNT_DIRECT + levels - 1));
      yield* this.#tree(root, levels, start, perBlock);
      start += perBlock ** levels;
    }
  }

  *#tree(pointer: number, levels: number, start: number, perBlock: number): Reading<void> {
    if (pointer === 0) return;
    requireFileBlocks(this.state.volume, pointer, 1, "indirect block", this.inode.number);
    if (!this.#map(pointer)) return;
    const bytes = yield* loadBlock(this.state.volume, pointer as BlockNumber);
    const span = perBlock ** (levels - 1);
    for (let i = 0; i < perBlock; i++) {
      const next = u32At(bytes, 4 * i);
      if (levels === 1) this.#pointer(next, start + i as FileBlock);
      else yield* this.#tree(next, levels - 1, start + i * span, perBlock);
    }
  }

  #pointer(block: number, fileBlock: FileBlock): void {
    if (block === 0) return;
    requireFileBlocks(this.state.volume, block, 1, "indirect block", this.inode.number);
    this.#data(fileBlock, block, 1);
    this.endOfWritten = fileBlock + 1;
  }

  #data(fileBlock: FileBlock, block: number, countBlocks: number): void {
    const { used, volume } = this.state;
    const first = used.clusterOf(block);
    const last = used.clusterOf(block + countBlocks - 1);
    // Only with bigalloc does one run of blocks go on in the cluster of the one before it.
    const own = volume.geometry.blocksPerCluster > 1 ? this.#lastCluster : -1;
    if (this.countMapped === 0) this.firstBlock = block;
    if (this.#mayShare) {
      const { countShared, taken } = used.claimShared(block, countBlocks);
      this.countShared += countShared;
      if (taken !== undefined) this.#reportTwice(taken);
    } else this.#claim(block, countBlocks, own);
    this.countClusters += last - first + (first === own ? 0 : 1);
    this.#lastCluster = last;
    this.countMapped += countBlocks;
    this.endBlock = Math.max(this.endBlock, fileBlock + countBlocks);
  }

  #map(block: number): boolean {
    this.countClusters++;
    return this.#claim(block, 1, -1);
  }

  #claim(block: number, countBlocks: number, ownCluster: number): boolean {
    const taken = this.state.used.claim(block, countBlocks, ownCluster);
    if (taken === undefined) return true;
    this.#reportTwice(taken);
    return false;
  }

  #reportTwice(block: number): void {
    this.state.findings.report("block-twice", "ext4_extent", "a block has two owners", {
      inode: this.inode.number,
      block,
    });
  }
}

/** Contents of files alone may lie in blocks of others, and only where the image says so. */
export function mayShareBlocks({ geometry }: Volume, inode: Inode): boolean {
  return hasRoCompat(geometry, "shared_blocks") && isType(inode, S_IFREG) &&
    inode.number >= geometry.firstInode && !hasFlag(inode, "ea_inode");
}
