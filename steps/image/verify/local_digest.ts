/**
 * Compares an image on this machine with the side file beside it.
 * @module
 */

import { existsSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ALGORITHMS, digestFile } from "../../../host/digest.ts";
import { EnvironmentError } from "../../../host/environment_error.ts";
import { meaningOf } from "../../../host/libc/errno.ts";
import { printable } from "../../../host/libc/paths.ts";
import type { DigestLine } from "../../../pipeline/side_file.ts";
import {
  DEFAULT_ALGORITHM,
  digestDiffers,
  digestLineIn,
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
  const expected = await readSideFile(sideFile, basename(path));
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

function unreadable(shown: string, error: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot read ${shown}: ${meaningOf(error)}. Run icecore as a user who may read it, ` +
      "and look at the disk.",
    "unreadable",
    { cause: error },
  );
}

async function readSideFile(path: string, name: string): Promise<DigestLine> {
  // A FIFO or a device might never end.
  if (!statSync(path).isFile()) {
    throw new EnvironmentError(
      `cannot read ${printable(path)}: it is not a regular file. ` +
        "Put the image's side file there, or verify without it.",
      "bad-side-file",
    );
  }
  const text = await readFile(path, "utf8").catch((error) => {
    throw unreadable(printable(path), error);
  });
  return digestLineIn(text, printable(path), name);
}
