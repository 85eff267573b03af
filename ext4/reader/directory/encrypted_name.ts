/**
 * Names of encrypted folders, in the form in which the kernel lists them without the key.
 *
 * Source: kernel fs/crypto/fname.c `struct fscrypt_nokey_name`.
 * @module
 */

import { dirHash, HASH_TEA, HASH_UNSIGNED, type HashVersion } from "../../dirhash.ts";
import { hasFlag, type Inode } from "../inode/inode.ts";
import { type Geometry, hasCompat } from "../layout/geometry.ts";

const encoder = new TextEncoder();
/** Both halves of the hash stand before the name. */
const HASH_BYTES = 8;

/**
 * The name of an entry of an encrypted folder: base64url of its hash and of its bytes on disk. Of
 * names of more than 149 bytes on disk the kernel shows a digest of the rest; here they are whole.
 */
export function encryptedName(geometry: Geometry, folder: Inode, stored: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES + stored.length);
  const { s_hash_seed, s_def_hash_version } = geometry.raw;
  if (isHashed(geometry, folder) && s_def_hash_version <= HASH_TEA) {
    const version = s_def_hash_version + (geometry.unsignedHash ? HASH_UNSIGNED : 0);
    const { major, minor } = dirHash(stored, version as HashVersion, s_hash_seed);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, major, true);
    view.setUint32(4, minor, true);
  }
  bytes.set(stored, HASH_BYTES);
  const base64 = btoa(String.fromCharCode(...bytes));
  return encoder.encode(base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
}

/** Whether the kernel lists a folder in the order of hashes (`is_dx_dir`). */
function isHashed(geometry: Geometry, folder: Inode): boolean {
  return hasCompat(geometry, "dir_index") &&
    (hasFlag(folder, "index") || folder.sizeBytes === geometry.blockSizeBytes);
}
