/**
 * The side file beside an image on a server.
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
import { hasCode } from "../../../host/libc/errno.ts";
import { DEFAULT_ALGORITHM, digestLineIn, type ExpectedDigest, noSideFile } from "./side_file.ts";

/** A list of digests of a whole folder is shorter than this. */
const SIDE_FILE_MAX_BYTES = 1 << 20;

/**
 * What the side file of an image on a server says, `URL.sha512` or another's.
 *
 * @throws EnvironmentError `no-side-file`, `bad-side-file`
 */
export async function remoteSideFile(
  url: string,
  source: HostBlockSource,
  options: SourceOptions,
): Promise<ExpectedDigest> {
  const { algorithm, text } = await findSideFile(url, source.shownName, options);
  const sideFile = shownSideFile(url, algorithm);
  const { digest } = digestLineIn(text, sideFile, nameOfLocation(url));
  return { algorithm, digest, sideFile };
}

async function findSideFile(
  url: string,
  shown: string,
  options: SourceOptions,
): Promise<{ algorithm: string; text: string }> {
  for (const algorithm of ALGORITHMS) {
    const text = await readSmall(besideLocation(url, `.${algorithm}`), options);
    if (text !== undefined) return { algorithm, text };
  }
  throw noSideFile(shown, shownSideFile(url, DEFAULT_ALGORITHM));
}

function shownSideFile(url: string, algorithm: string): string {
  return shownLocation(besideLocation(url, `.${algorithm}`));
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
