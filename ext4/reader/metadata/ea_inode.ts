/**
 * Values of attributes that lie in an inode of their own (`ea_inode`), verified by their hash.
 *
 * Source: kernel fs/ext4/xattr.c `ext4_xattr_inode_get`, `ext4_xattr_inode_verify_hashes`.
 * @module
 */

import { crc32c } from "../../crc32c.ts";
import type { InodeNumber } from "../../numbers.ts";
import { INODE } from "../../structs/inode.ts";
import { S_IFREG } from "../../tree.ts";
import { xattrInodeEntryHash } from "../../xattr_hash.ts";
import { FileData } from "../contents/file_data.ts";
import { corrupt, hex } from "../corrupt.ts";
import { hasFlag, type Inode, isType } from "../inode/inode.ts";
import type { XattrEntry } from "../inode/xattr_entries.ts";
import { u32At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";

const STRUCTURE = "ea_inode";

/**
 * The value of an entry whose `valueInode` is not 0.
 * @throws CorruptImageError when the inode is no such inode, or value and hashes disagree
 */
export function* loadEaInodeValue(
  volume: Volume,
  owner: Inode,
  entry: XattrEntry,
): Reading<Uint8Array> {
  const number = entry.valueInode as InodeNumber;
  const holder = yield* volume.inodes.load(number);
  const fields = { inode: owner.number, e_value_inum: number };
  if (!hasFlag(holder, "ea_inode") || !isType(holder, S_IFREG)) {
    throw corrupt("ea-inode", STRUCTURE, "the inode holds no attribute", fields);
  }
  if (holder.sizeBytes !== entry.sizeBytes) {
    throw corrupt("ea-inode", STRUCTURE, "its size is not that of the attribute", {
      ...fields,
      i_size: holder.sizeBytes,
      e_value_size: entry.sizeBytes,
    });
  }
  const hash = u32At(holder.bytes, INODE.offsets.i_atime);
  const parent = u32At(holder.bytes, INODE.offsets.i_mtime);
  const value = new Uint8Array(entry.sizeBytes);
  yield* (yield* FileData.open(volume, holder)).read(0, value);
  const checksum = crc32c(volume.geometry.seed, value);
  if (checksum === hash) {
    const expected = xattrInodeEntryHash(entry.suffix, checksum);
    if (entry.hash === expected || entry.hash === signedHash(entry.suffix, checksum)) return value;
    throw corrupt("ea-inode-hash", STRUCTURE, "e_hash does not fit the value", {
      ...fields,
      stored: hex(entry.hash),
      computed: hex(expected),
    });
  }
  // The older form, without hashes, names the inode it belongs to instead.
  if (parent === owner.number && holder.generation === owner.generation) return value;
  throw corrupt("ea-inode-hash", STRUCTURE, "the value does not fit its hash", {
    ...fields,
    stored: hex(hash),
    computed: hex(checksum),
  });
}

/** Kernels before 6.2 took the bytes of names as signed where `char` is. */
function signedHash(suffix: Uint8Array, checksum: number): number {
  let hash = 0;
  for (const byte of suffix) hash = (hash << 5) ^ (hash >>> 27) ^ ((byte << 24) >> 24);
  return ((hash << 16) ^ (hash >>> 16) ^ checksum) >>> 0;
}
