/**
 * Compares an image on this machine with the side file beside it.
 * @module
 */

import { createReadStream, existsSync, type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { ALGORITHMS, digestFile } from "../../../host/digest.ts";
import { EnvironmentError } from "../../../host/environment_error.ts";
import { unreadable } from "../../../host/file_status.ts";
import { printable } from "../../../host/libc/paths.ts";
import type { DigestLine } from "../../../pipeline/side_file.ts";
import {
  DEFAULT_ALGORITHM,
  digestDiffers,
  findDigestLine,
  noSideFile,
  type Verified,
  type VerifyOptions,
} from "./side_file.ts";

/**
 * Hashes an image anew and compares with its side file, `IMAGE.sha512` or another algorithm's.
 *
 * @throws EnvironmentError when the image or its side file is missing or the side file is none;
 * VerificationError when the digests differ.
 */
export async function verifyDigest(path: string, options: VerifyOptions = {}): Promise<Verified> {
  const shown = printable(path);
  const status = imageStatus(path, shown);
  const algorithm = ALGORITHMS.find((name) => existsSync(`${path}.${name}`));
  if (algorithm === undefined) {
    throw noSideFile(shown, `${shown}.${DEFAULT_ALGORITHM}`);
  }
  const sideFile = `${path}.${algorithm}`;
  const expected = await readSideFile(sideFile, basename(path), algorithm);
  const signal = options.signal ?? new AbortController().signal;
  const digest = await digestFile(path, algorithm, signal, (done) => {
    options.onProgress?.(done, status.size);
  }).catch((error) => {
    throw signal.aborted ? error : unreadable(shown, error);
  });
  if (digest === expected.digest) return { algorithm, digest, sideFile };
  throw digestDiffers(shown, algorithm, digest, printable(sideFile), expected);
}

function imageStatus(path: string, shown: string): Stats {
  let status: Stats | undefined;
  try {
    status = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(shown, error);
  }
  if (status === undefined) {
    throw new EnvironmentError(
      `cannot verify ${shown}: it does not exist. Check the path.`,
      "no-image",
    );
  }
  if (!status.isDirectory()) return status;
  throw new EnvironmentError(
    `cannot verify ${shown}: it is a folder. Name an image in it.`,
    "no-image",
  );
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
        "Put the image's side file there, or leave it out with --no-digest.",
      "bad-side-file",
    );
  }
  try {
    return await findDigestLine(createReadStream(path), printable(path), name, algorithm);
  } catch (error) {
    throw error instanceof EnvironmentError ? error : unreadable(printable(path), error);
  }
}
