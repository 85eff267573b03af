/**
 * The hash of a name in a folder's index (htree), in all variants that images use.
 *
 * icecore writes half-MD4 over unsigned bytes; the other variants are for reading. "Signed" is how
 * x86 once treated bytes of 128 and more; the superblock's `s_flags` names the one that holds.
 * Source: kernel fs/ext4/hash.c `__ext4fs_dirhash`.
 * @module
 */

import { halfMd4 } from "./half_md4.ts";

/** `s_def_hash_version` and `dx_root_info.hash_version`. */
const HASH_LEGACY = 0;
export const HASH_HALF_MD4 = 1;
export const HASH_TEA = 2;
/** Added to the three above when `s_flags` says that bytes are unsigned. */
export const HASH_UNSIGNED = 3;

/** 0 to 5: one of the three hashes, plus {@link HASH_UNSIGNED} for unsigned bytes. */
export type HashVersion = 0 | 1 | 2 | 3 | 4 | 5;

/** Both halves of a hash; the index is ordered by `major`, whose lowest bit is always 0. */
export interface DirHash {
  readonly major: number;
  readonly minor: number;
}

/** The state MD4 starts from, used where the superblock's seed is all zero. */
const DEFAULT_SEED = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476] as const;
/** This value marks the end of a folder to readdir, so no name may hash to it. */
const EOF_HASH = 0xffff_fffe;

const state = new Int32Array(4);
const words = new Int32Array(8);

/**
 * Hashes a name.
 * @param seed `s_hash_seed`: 4 words; all zero means the default seed
 */
export function dirHash(
  name: Uint8Array,
  version: HashVersion,
  seed: readonly number[],
): DirHash {
  const major = dirHashMajor(name, 0, name.length, version, seed);
  return { major, minor: version % 3 === HASH_LEGACY ? 0 : minorOfState(version) };
}

/**
 * The major half of the hash of `bytes[start, start + length)`; makes no garbage.
 * @returns 0 to 0xfffffffc, even
 */
export function dirHashMajor(
  bytes: Uint8Array,
  start: number,
  length: number,
  version: HashVersion,
  seed: readonly number[],
): number {
  const unsigned = version >= HASH_UNSIGNED;
  const kind = version % 3;
  const seeded = kind !== HASH_LEGACY && seed.some((word) => word !== 0);
  const first = seeded ? seed : DEFAULT_SEED;
  for (let i = 0; i < 4; i++) state[i] = first[i]!;

  let hash: number;
  if (kind === HASH_LEGACY) {
    hash = legacyHash(bytes, start, length, unsigned);
  } else {
    const countWords = kind === HASH_HALF_MD4 ? 8 : 4;
    for (let at = 0; at < length; at += 4 * countWords) {
      fillWords(bytes, start + at, length - at, countWords, unsigned);
      if (kind === HASH_HALF_MD4) halfMd4(state, words);
      else tea();
    }
    hash = kind === HASH_HALF_MD4 ? state[1]! : state[0]!;
  }
  hash = (hash & ~1) >>> 0;
  return hash === EOF_HASH ? EOF_HASH - 2 : hash;
}

function minorOfState(version: HashVersion): number {
  return (version % 3 === HASH_HALF_MD4 ? state[2]! : state[1]!) >>> 0;
}

/** Packs bytes big end first into words; what is missing is filled with the length. */
function fillWords(
  bytes: Uint8Array,
  start: number,
  remaining: number,
  countWords: number,
  unsigned: boolean,
): void {
  let pad = remaining | (remaining << 8);
  pad |= pad << 16;
  const used = Math.min(remaining, 4 * countWords);
  let value = pad;
  let index = 0;
  for (let i = 0; i < used; i++) {
    const byte = bytes[start + i]!;
    value = (unsigned ? byte : (byte << 24) >> 24) + (value << 8) | 0;
    if ((i & 3) === 3) {
      words[index++] = value;
      value = pad;
    }
  }
  if (index < countWords) words[index++] = value;
  while (index < countWords) words[index++] = pad;
}

function tea(): void {
  let b0 = state[0]!, b1 = state[1]!, sum = 0;
  const a = words[0]!, b = words[1]!, c = words[2]!, d = words[3]!;
  for (let round = 0; round < 16; round++) {
    sum = (sum + 0x9e37_79b9) | 0;
    b0 = (b0 + (((b1 << 4) + a) ^ (b1 + sum) ^ ((b1 >>> 5) + b))) | 0;
    b1 = (b1 + (((b0 << 4) + c) ^ (b0 + sum) ^ ((b0 >>> 5) + d))) | 0;
  }
  state[0] = state[0]! + b0;
  state[1] = state[1]! + b1;
}

function legacyHash(bytes: Uint8Array, start: number, length: number, unsigned: boolean): number {
  let hash0 = 0x12a3_fe2d;
  let hash1 = 0x37ab_e8f9;
  for (let i = start; i < start + length; i++) {
    const byte = unsigned ? bytes[i]! : (bytes[i]! << 24) >> 24;
    let hash = (hash1 + (hash0 ^ Math.imul(byte, 7_152_373))) >>> 0;
    if ((hash & 0x8000_0000) !== 0) hash = (hash - 0x7fff_ffff) >>> 0;
    hash1 = hash0;
    hash0 = hash;
  }
  return hash0 << 1;
}
