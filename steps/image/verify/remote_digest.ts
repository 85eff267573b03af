/**
 * Compares an image on a server with the side file beside it. All of the image is fetched.
 * @module
 */

import type { HostBlockSource, SourceOptions } from "../../../host/block_source/block_source.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { ALGORITHMS } from "../../../host/digest.ts";
import { EnvironmentError } from "../../../host/environment_error.ts";
import { startHash } from "../../../host/hash.ts";
import { hasCode } from "../../../host/libc/errno.ts";
import { digestDiffers, digestLineIn, type Verified, type VerifyOptions } from "../../verify.ts";

const PIECE_BYTES = 8 << 20;
/** A list of digests of a whole folder is shorter than this. */
const SIDE_FILE_MAX_BYTES = 1 << 20;

/**
 * Hashes an image on a server and compares with its side file, `URL.sha512` or another's.
 *
 * @throws EnvironmentError `no-side-file`, `bad-side-file`; VerificationError
 */
export async function verifyRemoteDigest(
  url: string,
  source: HostBlockSource,
  options: VerifyOptions & SourceOptions,
): Promise<Verified> {
  const { algorithm, text } = await findSideFile(url, source.shownName, options);
  const sideFile = `${source.shownName}.${algorithm}`;
  const name = decodeURIComponent(new URL(url).pathname.replace(/^.*\//, ""));
  const expected = digestLineIn(text, sideFile, name);
  const digest = await digestSource(source, algorithm, options);
  if (digest === expected.digest) return { algorithm, digest, sideFile };
  throw digestDiffers(source.shownName, algorithm, digest, sideFile, expected);
}

async function findSideFile(
  url: string,
  shown: string,
  options: SourceOptions,
): Promise<{ algorithm: string; text: string }> {
  for (const algorithm of ALGORITHMS) {
    const place = new URL(url);
    place.pathname += `.${algorithm}`;
    const text = await readSmall(place.href, options);
    if (text !== undefined) return { algorithm, text };
  }
  throw new EnvironmentError(
    `cannot verify ${shown}: there is no side file ${shown}.sha512 beside it. Put it there ` +
      "(icecore build writes one), compare with --source, or leave it out with --no-digest.",
    "no-side-file",
  );
}

async function readSmall(url: string, options: SourceOptions): Promise<string | undefined> {
  try {
    const source = await openSource(url, options);
    try {
      const bytes = new Uint8Array(Math.min(source.sizeBytes, SIDE_FILE_MAX_BYTES));
      await source.read(0, bytes);
      return new TextDecoder().decode(bytes);
    } finally {
      source.close();
    }
  } catch (error) {
    // A server may forbid what it does not have.
    if (hasCode(error, "url-not-found", "url-forbidden")) return undefined;
    throw error;
  }
}

async function digestSource(
  source: HostBlockSource,
  algorithm: string,
  { signal, onProgress }: VerifyOptions,
): Promise<string> {
  const hash = await startHash(algorithm);
  let [current, next] = [new Uint8Array(PIECE_BYTES), new Uint8Array(PIECE_BYTES)];
  const pieceAt = (offset: number, into: Uint8Array) =>
    into.subarray(0, Math.min(PIECE_BYTES, source.sizeBytes - offset));
  await source.read(0, pieceAt(0, current));
  for (let offset = 0; offset < source.sizeBytes; offset += PIECE_BYTES) {
    signal?.throwIfAborted();
    const following = offset + PIECE_BYTES;
    // While one piece is hashed the next is fetched.
    const reading = following < source.sizeBytes
      ? source.read(following, pieceAt(following, next))
      : undefined;
    const piece = pieceAt(offset, current);
    try {
      hash.update(piece);
    } finally {
      await reading;
    }
    onProgress?.(offset + piece.length, source.sizeBytes);
    [current, next] = [next, current];
  }
  return hash.digest();
}
