/**
 * Digests of files, and the side files of `sha512sum`.
 * @module
 */

import { getHashes } from "node:crypto";
import { open } from "node:fs/promises";
import { startHash } from "./hash.ts";

/** The algorithms offered; all of them have a program such as `sha512sum`. */
export const ALGORITHMS: readonly string[] = ["sha512", "sha384", "sha256", "sha224", "sha1", "md5"]
  .filter((name) => getHashes().some((known) => known.toLowerCase() === name));

/** Read ahead in pieces of this size: large enough that reading overlaps with hashing. */
const PIECE_BYTES = 4 * 2 ** 20;

/**
 * The digest of a file, read once; while one piece is hashed the next is read.
 *
 * @param onProgress Receives the bytes done so far.
 * @returns Hex digits.
 */
export async function digestFile(
  path: string,
  algorithm: string,
  signal: AbortSignal,
  onProgress: (doneBytes: number) => void,
): Promise<string> {
  const hash = await startHash(algorithm);
  const handle = await open(path, "r");
  try {
    let current: Uint8Array = new Uint8Array(PIECE_BYTES);
    let next: Uint8Array = new Uint8Array(PIECE_BYTES);
    let done = 0;
    let reading = handle.read(current, 0, PIECE_BYTES, done);
    for (;;) {
      const { bytesRead } = await reading;
      signal.throwIfAborted();
      if (bytesRead === 0) return hash.digest();
      done += bytesRead;
      reading = handle.read(next, 0, PIECE_BYTES, done);
      hash.update(current.subarray(0, bytesRead));
      onProgress(done);
      [current, next] = [next, current];
    }
  } finally {
    hash.close();
    await handle.close();
  }
}
