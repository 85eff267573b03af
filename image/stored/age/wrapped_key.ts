/**
 * A file's key as age wraps it for one recipient.
 * @module
 */

import { NONCE_BYTES, openerWith, TAG_BYTES } from "../../../host/ciphers/chacha20_poly1305.ts";

/** Bytes of a file's key. */
const FILE_KEY_BYTES = 16;

/** Unwraps. @returns `undefined` where it was wrapped with another key. */
export async function unwrapKey(
  wrapped: Uint8Array,
  key: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (wrapped.length !== FILE_KEY_BYTES + TAG_BYTES) {
    throw new Error("a wrapped key has the wrong size");
  }
  const opener = await openerWith(key);
  try {
    const fileKey = new Uint8Array(FILE_KEY_BYTES);
    return opener.open(new Uint8Array(NONCE_BYTES), wrapped, fileKey) ? fileKey : undefined;
  } finally {
    opener.close();
  }
}
