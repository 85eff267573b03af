/**
 * The head of a dm-verity hash file, as `veritysetup` writes and reads it.
 *
 * Source: cryptsetup, `lib/verity/verity.c`, `struct verity_sb`; numbers are little-endian.
 * @module
 */

import { createHash } from "node:crypto";
import { HASH_BLOCK_BYTES, type TreeLayout } from "./tree_layout.ts";

/** The name of the digest in the head, and for `node:crypto`. */
export const ALGORITHM = "sha256";

const SIGNATURE = 0x0000_7974_6972_6576n; // "verity\0\0"
const AT = {
  signature: 0,
  version: 8,
  hash_type: 12,
  uuid: 16,
  algorithm: 32,
  data_block_size: 64,
  hash_block_size: 68,
  data_blocks: 72,
  salt_size: 80,
  salt: 88,
} as const;

/** The head, filled up to one hash block: the tree begins behind it. */
export function superblock(layout: TreeLayout, salt: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HASH_BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(AT.signature, SIGNATURE, true);
  view.setUint32(AT.version, 1, true);
  // 1: the salt comes before the block. 0 is Chrome OS's older form.
  view.setUint32(AT.hash_type, 1, true);
  bytes.set(uuidOf(salt), AT.uuid);
  bytes.set(new TextEncoder().encode(ALGORITHM), AT.algorithm);
  view.setUint32(AT.data_block_size, layout.dataBlockBytes, true);
  view.setUint32(AT.hash_block_size, HASH_BLOCK_BYTES, true);
  view.setBigUint64(AT.data_blocks, BigInt(layout.countDataBlocks), true);
  view.setUint16(AT.salt_size, salt.length, true);
  bytes.set(salt, AT.salt);
  return bytes;
}

/** A UUID of version 8 (RFC 9562: made as one likes), so that the same image gives the same file. */
function uuidOf(salt: Uint8Array): Uint8Array {
  const uuid = createHash(ALGORITHM).update("icecore verity uuid").update(salt).digest()
    .subarray(0, 16);
  uuid[6] = (uuid[6]! & 0x0f) | 0x80;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return uuid;
}
