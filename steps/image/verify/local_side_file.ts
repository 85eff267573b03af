/**
 * The side file beside an image on this machine.
 * @module
 */

import { existsSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ALGORITHMS } from "../../../host/digest.ts";
import { EnvironmentError } from "../../../host/environment_error.ts";
import { meaningOf } from "../../../host/libc/errno.ts";
import { printable } from "../../../host/libc/paths.ts";
import type { DigestLine } from "../../../pipeline/side_file.ts";
import { DEFAULT_ALGORITHM, digestLineIn, type ExpectedDigest, noSideFile } from "./side_file.ts";

/**
 * What the side file of an image says, `IMAGE.sha512` or another algorithm's.
 *
 * @throws EnvironmentError when the image is missing or its side file is none; `no-side-file`
 */
export async function localSideFile(path: string): Promise<ExpectedDigest> {
  const shown = printable(path);
  requireImage(path, shown);
  const algorithm = ALGORITHMS.find((name) => existsSync(`${path}.${name}`));
  if (algorithm === undefined) {
    throw noSideFile(shown, `${shown}.${DEFAULT_ALGORITHM}`);
  }
  const sideFile = `${path}.${algorithm}`;
  const line = await readSideFile(sideFile, basename(path));
  return { algorithm, digest: line.digest, sideFile };
}

function requireImage(path: string, shown: string): void {
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
  if (!status.isDirectory()) return;
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
        "Put the image's side file there, or leave it out with --no-digest.",
      "bad-side-file",
    );
  }
  const text = await readFile(path, "utf8").catch((error) => {
    throw unreadable(printable(path), error);
  });
  return digestLineIn(text, printable(path), name);
}
