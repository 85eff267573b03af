/**
 * Where an inode's attributes lie: within the inode, and in a block of their own.
 * @module
 */

import { xattrBlockChecksum } from "../../checksums.ts";
import type { BlockNumber } from "../../numbers.ts";
import { OLD_INODE_SIZE_BYTES } from "../../structs/inode.ts";
import {
  type RawXattrHeader,
  XATTR_HEADER,
  XATTR_IBODY_HEADER,
  XATTR_MAGIC,
  XATTR_REFCOUNT_MAX,
} from "../../structs/xattr.ts";
import { badChecksum, corrupt } from "../corrupt.ts";
import { u32At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import { loadBlock, requireFileBlocks, type Volume } from "../volume.ts";
import type { Inode } from "./inode.ts";
import { parseXattrEntries, type XattrEntry } from "./xattr_entries.ts";

/** Whether there are entries within the inode. */
export function hasInodeXattrs({ block, start, extraSizeBytes, sizeOnDiskBytes }: Inode): boolean {
  const header = OLD_INODE_SIZE_BYTES + extraSizeBytes;
  const room = sizeOnDiskBytes - header - XATTR_IBODY_HEADER.sizeBytes;
  // An `i_extra_isize` of 0 means that nothing past the first 128 bytes was ever written.
  return extraSizeBytes > 0 && room >= 4 && u32At(block, start + header) === XATTR_MAGIC;
}

/** The entries within the inode. */
export function inodeXattrEntries(inode: Inode): XattrEntry[] {
  if (!hasInodeXattrs(inode)) return [];
  const start = OLD_INODE_SIZE_BYTES + inode.extraSizeBytes + XATTR_IBODY_HEADER.sizeBytes;
  return parseXattrEntries({ bytes: inode.bytes, start, valueBase: start, inode: inode.number });
}

/** A verified block of attributes. */
export interface XattrBlock {
  readonly header: RawXattrHeader;
  readonly entries: XattrEntry[];
}

/** The block with the inode's further attributes; `undefined` when it has none. */
export function* loadXattrBlock(volume: Volume, inode: Inode): Reading<XattrBlock | undefined> {
  const block = inode.xattrBlock;
  if (block === 0) return undefined;
  requireFileBlocks(volume, block, 1, "ext4_inode", inode.number);
  const bytes = yield* loadBlock(volume, block as BlockNumber);
  const header = XATTR_HEADER.decode(bytes);
  const fields = { inode: inode.number, block };
  if (header.h_magic !== XATTR_MAGIC || header.h_blocks !== 1) {
    throw corrupt("xattr-header", "ext4_xattr_header", "h_magic or h_blocks is wrong", fields);
  }
  if (header.h_refcount === 0 || header.h_refcount > XATTR_REFCOUNT_MAX) {
    throw corrupt("xattr-header", "ext4_xattr_header", "h_refcount is out of range", {
      ...fields,
      h_refcount: header.h_refcount,
    });
  }
  if (volume.geometry.metadataChecksums) {
    const { seed } = volume.geometry;
    const computed = xattrBlockChecksum(seed, block as BlockNumber, bytes, 0, bytes.length);
    if (computed !== header.h_checksum) {
      throw badChecksum(
        "xattr-checksum",
        "ext4_xattr_header",
        header.h_checksum,
        computed,
        fields,
      );
    }
  }
  const start = XATTR_HEADER.sizeBytes;
  const entries = parseXattrEntries({ bytes, start, valueBase: 0, inode: inode.number });
  return { header, entries };
}
