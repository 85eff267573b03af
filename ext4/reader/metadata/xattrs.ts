/**
 * All extended attributes of an inode, as the system call would give them.
 * @module
 */

import { aclFromDisk } from "../../posix_acl.ts";
import type { Xattr } from "../../tree.ts";
import { INDEX_ACL_ACCESS, INDEX_ACL_DEFAULT, joinXattrName } from "../../xattr_names.ts";
import { corrupt } from "../corrupt.ts";
import type { Inode } from "../inode/inode.ts";
import type { XattrEntry } from "../inode/xattr_entries.ts";
import { inodeXattrEntries, loadXattrBlock } from "../inode/xattr_sets.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";
import { loadEaInodeValue } from "./ea_inode.ts";

/** Prefixes that the kernel shows; the others (encryption, inline data) are its own affair. */
const SHOWN_INDEXES = new Set([1, INDEX_ACL_ACCESS, INDEX_ACL_DEFAULT, 4, 6]);
/** Attributes of one inode that are held in memory at once. */
const MAX_TOTAL_BYTES = 32 << 20;

/**
 * Reads them, ordered as they are stored: those within the inode first.
 * @throws CorruptImageError when one is broken
 */
export function* loadXattrs(volume: Volume, inode: Inode): Reading<Xattr[]> {
  const entries = inodeXattrEntries(inode);
  const block = yield* loadXattrBlock(volume, inode);
  if (block !== undefined) entries.push(...block.entries);
  const xattrs: Xattr[] = [];
  let totalBytes = 0;
  for (const entry of entries) {
    const name = shownName(entry);
    if (name === undefined) continue;
    totalBytes += entry.sizeBytes;
    if (totalBytes > MAX_TOTAL_BYTES) {
      throw corrupt("xattr-total", "ext4_xattr_entry", "the attributes are larger than any", {
        inode: inode.number,
        totalBytes,
      });
    }
    const stored = entry.valueInode === 0
      ? entry.value.slice()
      : yield* loadEaInodeValue(volume, inode, entry);
    xattrs.push({ name, value: fromDisk(inode, entry, stored) });
  }
  return xattrs;
}

function shownName(entry: XattrEntry): Uint8Array | undefined {
  const isAcl = entry.index === INDEX_ACL_ACCESS || entry.index === INDEX_ACL_DEFAULT;
  // The kernel hides attributes whose names have an empty suffix, or an ACL's with one.
  if (!SHOWN_INDEXES.has(entry.index) || isAcl !== (entry.suffix.length === 0)) return undefined;
  return joinXattrName(entry.index, entry.suffix);
}

function fromDisk(inode: Inode, entry: XattrEntry, stored: Uint8Array): Uint8Array {
  if (entry.index !== INDEX_ACL_ACCESS && entry.index !== INDEX_ACL_DEFAULT) return stored;
  const value = aclFromDisk(stored);
  if (value !== undefined) return value;
  throw corrupt("acl", "ext4_acl_header", "the access control list is malformed", {
    inode: inode.number,
  });
}
