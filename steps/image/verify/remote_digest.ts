/**
 * Compares an image on a server with the side file beside it. All of the image is fetched.
 * @module
 */

import type { HostBlockSource, SourceOptions } from "../../../host/block_source/block_source.ts";
import {
  besideLocation,
  nameOfLocation,
  shownLocation,
} from "../../../host/block_source/location.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { ALGORITHMS } from "../../../host/digest.ts";
import { startHash } from "../../../host/hash.ts";
import type { DigestLine } from "../../../pipeline/side_file.ts";
import { hasCode } from "../../../host/libc/errno.ts";
import {
  DEFAULT_ALGORITHM,
  digestDiffers,
  findDigestLine,
  noSideFile,
  type Verified,
  type VerifyOptions,
} from "./side_file.ts";

const PIECE_BYTES = 8 << 20;
const SIDE_FILE_PIECE_BYTES = 1 << 20;

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
  const { algorithm, expected } = await findSideFile(url, source.shownName, options);
  const sideFile = shownSideFile(url, algorithm);
  const digest = await digestSource(source, algorithm, options);
  if (digest === expected.digest) return { algorithm, digest, sideFile };
  throw digestDiffers(source.shownName, algorithm, digest, sideFile, expected);
}

async function findSideFile(
  url: string,
  shown: string,
  options: SourceOptions,
): Promise<{ readonly algorithm: string; readonly expected: DigestLine }> {
  for (const algorithm of ALGORITHMS) {
    const expected = await readSideFile(url, algorithm, options);
    if (expected !== undefined) return { algorithm, expected };
  }
  throw noSideFile(shown, shownSideFile(url, DEFAULT_ALGORITHM));
}

function shownSideFile(url: string, algorithm: string): string {
  return shownLocation(besideLocation(url, `.${algorithm}`));
}

/** @returns `undefined` where there is none. */
async function readSideFile(
  url: string,
  algorithm: string,
  options: SourceOptions,
): Promise<DigestLine | undefined> {
  try {
    const source = await openSource(besideLocation(url, `.${algorithm}`), options);
    try {
      const shown = shownSideFile(url, algorithm);
      return await findDigestLine(piecesOf(source), shown, nameOfLocation(url), algorithm);
    } finally {
      source.close();
    }
  } catch (error) {
    // A server may forbid what it does not have.
    if (hasCode(error, "url-not-found", "url-forbidden")) return undefined;
    throw error;
  }
}

async function* piecesOf(source: HostBlockSource): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.sizeBytes; offset += SIDE_FILE_PIECE_BYTES) {
    const piece = new Uint8Array(Math.min(SIDE_FILE_PIECE_BYTES, source.sizeBytes - offset));
    await source.read(offset, piece);
    yield piece;
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
