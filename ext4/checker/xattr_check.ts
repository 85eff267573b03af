/**
 * Checks the attributes of an inode: order, hashes, and how often what is shared is used.
 *
 * Source: kernel fs/ext4/xattr.c, e2fsprogs e2fsck/pass1.c `check_ext_attr`.
 * @module
 */

import type { Inode } from "../reader/inode.ts";
import { loadEaInodeValue } from "../reader/ea_inode.ts";
import type { Reading } from "../reader/reading.ts";
import type { XattrEntry } from "../reader/xattr_entries.ts";
import { inodeXattrEntries, loadXattrBlock, type XattrBlock } from "../reader/xattr_sets.ts";
import { compareBytes } from "../reader/path.ts";
import { xattrBlockHash, xattrEntryHash } from "../xattr_hash.ts";
import type { CheckState } from "./check_state.ts";

/**
 * Checks them all.
 * @returns clusters that the attributes take beside the inode: 0 or 1
 * @throws CorruptImageError when they are broken
 */
export function* checkXattrs(state: CheckState, inode: Inode): Reading<number> {
  yield* checkValues(state, inode, inodeXattrEntries(inode));
  if (inode.xattrBlock === 0) return 0;
  if (state.xattrBlocks.useAgain(inode.xattrBlock)) return 1;
  const block = yield* loadXattrBlock(state.volume, inode);
  if (block === undefined) return 0;
  state.summary.countXattrBlocks++;
  state.xattrBlocks.useFirst(inode.xattrBlock, block.header.h_refcount);
  if (state.used.claim(inode.xattrBlock, 1) !== undefined) {
    state.findings.report(
      "block-twice",
      "ext4_xattr_header",
      "the block has another owner, or more users than h_refcount",
      { inode: inode.number, block: inode.xattrBlock },
    );
  }
  checkOrder(state, inode, block.entries);
  checkHashes(state, inode, block);
  yield* checkValues(state, inode, block.entries);
  return 1;
}

function* checkValues(
  state: CheckState,
  inode: Inode,
  entries: readonly XattrEntry[],
): Reading<void> {
  for (const entry of entries) {
    if (entry.valueInode === 0) continue;
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
  const fields = { inode: inode.number, block: inode.xattrBlock };
  for (const { hash, suffix, value, valueInode } of entries) {
    if (valueInode !== 0 || hash === 0) continue;
    if (hash === xattrEntryHash(suffix, value) || suffix.some((byte) => byte >= 0x80)) continue;
    state.findings.report("xattr-hash", "ext4_xattr_entry", "e_hash does not fit", fields);
  }
  const computed = xattrBlockHash(entries.map(({ hash }) => hash));
  if (header.h_hash !== 0 && header.h_hash !== computed) {
    state.findings.report("xattr-hash", "ext4_xattr_header", "h_hash does not fit", fields);
  }
}
