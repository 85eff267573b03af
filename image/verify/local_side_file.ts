/**
 * The side file beside an image on this machine.
 * @module
 */

import { createReadStream, existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { ALGORITHMS } from "../../host/digests/file_digest.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { unreadable } from "../../host/files/file_status.ts";
import { printable } from "../../host/libc/paths.ts";
import type { DigestLine } from "../../pipeline/side_file.ts";
import { DEFAULT_ALGORITHM, type ExpectedDigest, findDigestLine, noSideFile } from "./side_file.ts";

/**
 * What the side file of an image says, `IMAGE.sha512` or another algorithm's.
 *
 * @throws EnvironmentError when its side file is not valid; `no-side-file`
 */
export async function localSideFile(path: string): Promise<ExpectedDigest> {
  const shown = printable(path);
  const algorithm = ALGORITHMS.find((name) => existsSync(`${path}.${name}`));
  if (algorithm === undefined) {
    throw noSideFile(shown, `${shown}.${DEFAULT_ALGORITHM}`);
  }
  const sideFile = `${path}.${algorithm}`;
  const line = await readSideFile(sideFile, basename(path), algorithm);
  return { algorithm, digest: line.digest, sideFile };
}

async function readSideFile(
  path: string,
  name: string,
  algorithm: string,
): Promise<DigestLine> {
  // A FIFO or a device might never end.
  if (!statSync(path).isFile()) {
    throw new EnvironmentError(
      `cannot read ${printable(path)}: it is not a regular file. ` +
        "Put the image's side file there, or verify without it.",
      "bad-side-file",
    );
  }
  try {
    return await findDigestLine(createReadStream(path), printable(path), name, algorithm);
  } catch (error) {
    throw error instanceof EnvironmentError ? error : unreadable(printable(path), error);
  }
}
