/**
 * The hashes of attributes: one an entry, one a block, by which the kernel finds equal blocks.
 *
 * Source: kernel fs/ext4/xattr.c `ext4_xattr_hash_entry`, `ext4_xattr_rehash`.
 * @module
 */

const NAME_SHIFT = 5;
const VALUE_SHIFT = 16;

/**
 * `e_hash` of an entry whose value lies in the block.
 * @param isSigned as kernels before 6.2 did it where `char` is signed
 */
export function xattrEntryHash(suffix: Uint8Array, value: Uint8Array, isSigned = false): number {
  let hash = nameHash(suffix, isSigned);
  for (let at = 0; at < value.length; at += 4) {
    const word = (value[at] ?? 0) | ((value[at + 1] ?? 0) << 8) | ((value[at + 2] ?? 0) << 16) |
      ((value[at + 3] ?? 0) << 24);
    hash = mixWord(hash, word);
  }
  return hash >>> 0;
}

/**
 * `e_hash` of an entry whose value lies in an inode of its own.
 * @param valueChecksum CRC-32C of the value, chained from the image's seed
 */
export function xattrInodeEntryHash(suffix: Uint8Array, valueChecksum: number): number {
  return mixWord(nameHash(suffix), valueChecksum) >>> 0;
}

/** `h_hash` of a block from the `e_hash` of its entries in their order; 0 when one of them is 0. */
export function xattrBlockHash(entryHashes: readonly number[]): number {
  if (entryHashes.includes(0)) return 0;
  return entryHashes.reduce(mixWord, 0) >>> 0;
}

/** Bytes count as unsigned in all kernels since 6.2. */
function nameHash(suffix: Uint8Array, isSigned = false): number {
  let hash = 0;
  for (const byte of suffix) {
    const value = isSigned ? (byte << 24) >> 24 : byte;
    hash = (hash << NAME_SHIFT) ^ (hash >>> (32 - NAME_SHIFT)) ^ value;
  }
  return hash;
}

function mixWord(hash: number, word: number): number {
  return (hash << VALUE_SHIFT) ^ (hash >>> (32 - VALUE_SHIFT)) ^ word;
}
