/**
 * Checks the attributes of an inode: order, hashes, and how often what is shared is used.
 *
 * Source: kernel fs/ext4/xattr.c, e2fsprogs e2fsck/pass1.c `check_ext_attr`.
 * @module
 */

import { compareBytes } from "../compare_bytes.ts";
import type { Inode } from "../reader/inode/inode.ts";
import type { XattrEntry } from "../reader/inode/xattr_entries.ts";
import { inodeXattrEntries, loadXattrBlock, type XattrBlock } from "../reader/inode/xattr_sets.ts";
import { loadEaInodeValue } from "../reader/metadata/ea_inode.ts";
import type { Reading } from "../reader/reading.ts";
import { xattrBlockHash, xattrEntryHash } from "../xattr_hash.ts";
import type { CheckState } from "./check_state.ts";

/**
 * Checks them all.
 * @returns clusters that `i_blocks` counts for the attributes: values in inodes of their own too,
 * and what is shared in each inode that shares it
 * @throws CorruptImageError when they are broken
 */
export function* checkXattrs(state: CheckState, inode: Inode): Reading<number> {
  const inPlace = inodeXattrEntries(inode);
  checkEntryHashes(state, inode, inPlace);
  yield* checkValues(state, inode, inPlace);
  return clustersOfValues(state, inPlace) + (yield* checkBlock(state, inode));
}

function* checkBlock(state: CheckState, inode: Inode): Reading<number> {
  const { xattrBlock } = inode;
  if (xattrBlock === 0) return 0;
  const known = state.xattrBlocks.useAgain(xattrBlock);
  if (known !== undefined) return known;
  const block = yield* loadXattrBlock(state.volume, inode);
  if (block === undefined) return 0;
  const countClusters = 1 + clustersOfValues(state, block.entries);
  state.summary.countXattrBlocks++;
  state.xattrBlocks.useFirst(xattrBlock, block.header.h_refcount, countClusters);
  if (state.used.claim(xattrBlock, 1) !== undefined) {
    const why = "the block has another owner, or more users than h_refcount";
    state.findings.report("block-twice", "ext4_xattr_header", why, {
      inode: inode.number,
      block: xattrBlock,
    });
  }
  checkOrder(state, inode, block.entries);
  checkHashes(state, inode, block);
  yield* checkValues(state, inode, block.entries);
  return countClusters;
}

function clustersOfValues({ volume }: CheckState, entries: readonly XattrEntry[]): number {
  const clusterBytes = volume.geometry.blockSizeBytes * volume.geometry.blocksPerCluster;
  let clusters = 0;
  for (const { valueInode, sizeBytes } of entries) {
    if (valueInode !== 0) clusters += Math.ceil(sizeBytes / clusterBytes);
  }
  return clusters;
}

/** Shared blocks are checked once; so are the uses of inodes by their values counted. */
function* checkValues(
  state: CheckState,
  inode: Inode,
  entries: readonly XattrEntry[],
): Reading<void> {
  for (const entry of entries) {
    if (entry.valueInode === 0) continue;
    state.quotas.isUncertain = true;
    state.eaInodes.use(entry.valueInode);
    yield* loadEaInodeValue(state.volume, inode, entry);
  }
}

/** The kernel looks names up by halving; so they have to be in order. */
function checkOrder(state: CheckState, inode: Inode, entries: readonly XattrEntry[]): void {
  for (let i = 1; i < entries.length; i++) {
    const [a, b] = [entries[i - 1]!, entries[i]!];
    const order = a.index - b.index || a.suffix.length - b.suffix.length ||
      compareBytes(a.suffix, b.suffix);
    if (order < 0) continue;
    const fields = { inode: inode.number, block: inode.xattrBlock, entry: i };
    state.findings.report("xattr-order", "ext4_xattr_entry", "the names are not in order", fields);
  }
}

function checkHashes(state: CheckState, inode: Inode, { header, entries }: XattrBlock): void {
  checkEntryHashes(state, inode, entries);
  const computed = xattrBlockHash(entries.map(({ hash }) => hash));
  if (header.h_hash !== 0 && header.h_hash !== computed) {
    const fields = { inode: inode.number, block: inode.xattrBlock };
    state.findings.report("xattr-hash", "ext4_xattr_header", "h_hash does not fit", fields);
  }
}

/** A hash of 0 was never computed. */
function checkEntryHashes(state: CheckState, inode: Inode, entries: readonly XattrEntry[]): void {
  for (const { hash, suffix, value, valueInode } of entries) {
    if (valueInode !== 0 || hash === 0) continue;
    if ([false, true].some((isSigned) => hash === xattrEntryHash(suffix, value, isSigned))) {
      continue;
    }
    const fields = { inode: inode.number, block: inode.xattrBlock };
    state.findings.report("xattr-hash", "ext4_xattr_entry", "e_hash does not fit", fields);
  }
}
