/**
 * Which blocks have an owner, and which of them may have several: bit arrays, one a group, made when a block of it is claimed.
 *
 * They have the shape of the block bitmaps on disk, to be compared with them: a bit is a cluster.
 * @module
 */

import type { GroupNumber } from "../numbers.ts";
import type { Geometry } from "../reader/layout/geometry.ts";

/** What came of a claim for contents that may be shared. */
export interface SharedClaim {
  readonly countShared: number;
  readonly taken: number | undefined;
}

/** The blocks of an image that are in use. */
export class UsedBlocks {
  readonly #first: number;
  readonly #ratio: number;
  readonly #clustersPerGroup: number;
  readonly #pages = new Map<number, Uint8Array>();
  /** Those that only contents of files have claimed, where such may be shared. */
  readonly #sharedPages = new Map<number, Uint8Array>();

  constructor(geometry: Geometry) {
    this.#first = geometry.firstDataBlock;
    this.#ratio = geometry.blocksPerCluster;
    this.#clustersPerGroup = geometry.blocksPerGroup / geometry.blocksPerCluster;
  }

  /** The cluster of a block, counted through all groups. */
  clusterOf(block: number): number {
    return Math.floor((block - this.#first) / this.#ratio);
  }

  /**
   * Gives blocks an owner.
   * @param ownCluster a cluster that the same owner has claimed before
   * @returns the first block that had one already; `undefined` where none had
   */
  claim(block: number, countBlocks: number, ownCluster = -1): number | undefined {
    let cluster = this.clusterOf(block);
    const end = this.clusterOf(block + countBlocks - 1) + 1;
    if (cluster === ownCluster) cluster++;
    let taken: number | undefined;
    while (cluster < end) {
      const group = Math.floor(cluster / this.#clustersPerGroup);
      const start = group * this.#clustersPerGroup;
      const stop = Math.min(end, start + this.#clustersPerGroup);
      const bit = fill(this.#pageOf(group), cluster - start, stop - start);
      if (bit >= 0) taken ??= (start + bit) * this.#ratio + this.#first;
      cluster = stop;
    }
    return taken;
  }

  /**
   * Gives blocks a further owner, which has to be the contents of a file like those before it.
   * @returns how many of them had such an owner, and the first that belongs to something else
   */
  claimShared(block: number, countBlocks: number): SharedClaim {
    let countShared = 0;
    let taken: number | undefined;
    const start = this.clusterOf(block);
    const end = this.clusterOf(block + countBlocks - 1) + 1;
    for (let cluster = start; cluster < end; cluster++) {
      const group = Math.floor(cluster / this.#clustersPerGroup);
      const bit = cluster - group * this.#clustersPerGroup;
      const mask = 1 << (bit & 7);
      const used = this.#pageOf(group);
      const shared = this.#pageOf(group, this.#sharedPages);
      if ((used[bit >>> 3]! & mask) === 0) {
        used[bit >>> 3]! |= mask;
        shared[bit >>> 3]! |= mask;
      } else if ((shared[bit >>> 3]! & mask) !== 0) countShared++;
      else taken ??= cluster * this.#ratio + this.#first;
    }
    return { countShared, taken };
  }

  /** The bits of a group, or `undefined` where none is set. They are given away: the page is gone. */
  take(group: GroupNumber): Uint8Array | undefined {
    const page = this.#pages.get(group);
    this.#pages.delete(group);
    this.#sharedPages.delete(group);
    return page;
  }

  #pageOf(group: number, pages = this.#pages): Uint8Array {
    let page = pages.get(group);
    if (page === undefined) {
      pages.set(group, page = new Uint8Array(Math.ceil(this.#clustersPerGroup / 8)));
    }
    return page;
  }
}

/** Sets bits `[from, to)`; the first that was set before, or -1. */
function fill(bits: Uint8Array, from: number, to: number): number {
  let taken = -1;
  for (let bit = from; bit < to;) {
    const at = bit >>> 3;
    if ((bit & 7) === 0 && to - bit >= 8) {
      if (bits[at] !== 0 && taken < 0) taken = firstSet(bits, bit, bit + 8);
      bits[at] = 0xff;
      bit += 8;
      continue;
    }
    const mask = 1 << (bit & 7);
    if ((bits[at]! & mask) !== 0 && taken < 0) taken = bit;
    bits[at]! |= mask;
    bit++;
  }
  return taken;
}

function firstSet(bits: Uint8Array, from: number, to: number): number {
  for (let bit = from; bit < to; bit++) {
    if ((bits[bit >>> 3]! & (1 << (bit & 7))) !== 0) return bit;
  }
  return -1;
}
