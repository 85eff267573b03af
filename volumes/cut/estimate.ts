/**
 * What a name takes in an image, estimated: blocks of 4 KiB, inodes of 256 bytes.
 * @module
 */

import { type FoundName, NAME_TYPES } from "./names_file.ts";

const BLOCK_BYTES = 4096;
const INODE_BYTES = 256;
/** Of the record of contents, for each inode. */
const DIGEST_BYTES = 32;
/** Of a name in its folder, besides its bytes. */
const ENTRY_BYTES = 8;

/** What a further name of an inode takes. */
export function nameCost({ name }: FoundName): number {
  return ENTRY_BYTES + (name.length + 3 & ~3);
}

/** What a name and its inode take. */
export function inodeCost(found: FoundName): number {
  const blocks = found.type === NAME_TYPES.folder
    ? BLOCK_BYTES
    : Math.ceil(found.dataBytes / BLOCK_BYTES) * BLOCK_BYTES;
  return nameCost(found) + INODE_BYTES + DIGEST_BYTES + blocks;
}
