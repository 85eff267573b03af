/**
 * The side file beside an image on a server.
 * @module
 */

import type { HostBlockSource, SourceOptions } from "../../host/block_source/block_source.ts";
import { besideLocation, nameOfLocation, shownLocation } from "../../host/block_source/location.ts";
import { openSource } from "../../host/block_source/open_source.ts";
import { ALGORITHMS } from "../../host/digests/file_digest.ts";
import { hasCode } from "../../host/libc/errno.ts";
import type { DigestLine } from "../../pipeline/side_file.ts";
import { DEFAULT_ALGORITHM, type ExpectedDigest, findDigestLine, noSideFile } from "./side_file.ts";

const SIDE_FILE_PIECE_BYTES = 1 << 20;

/**
 * What the side file of an image on a server says, `URL.sha512` or another's.
 *
 * @param shown What the image is called in messages.
 * @throws EnvironmentError `no-side-file`, `bad-side-file`
 */
export async function remoteSideFile(
  url: string,
  shown: string,
  options: SourceOptions,
): Promise<ExpectedDigest> {
  const { algorithm, expected } = await findSideFile(url, shown, options);
  return { algorithm, digest: expected.digest, sideFile: shownSideFile(url, algorithm) };
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
