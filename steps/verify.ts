/**
 * Verifies an image against its side file.
 * @module
 */

import { existsSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ALGORITHMS, digestFile } from "../host/digest.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { meaningOf } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";
import { VerificationError } from "../pipeline/errors.ts";
import { type DigestLine, parseDigestLine } from "../pipeline/side_file.ts";

/** How to verify. */
export interface VerifyOptions {
  /** Cancels it. */
  readonly signal?: AbortSignal;
  /** Is told how far it is. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** What was verified. */
export interface Verified {
  /** The algorithm, e.g. `sha512`. */
  readonly algorithm: string;
  /** The digest in hex. */
  readonly digest: string;
  /** The side file it was compared with. */
  readonly sideFile: string;
}

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
    throw new EnvironmentError(
      `cannot verify ${shown}: there is no side file ${shown}.sha512 beside it. Put it there ` +
        "(icecore build writes one), compare with --source, or leave it out with --no-digest.",
      "no-side-file",
    );
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

/** The error of an image that is not what its side file says. */
export function digestDiffers(
  shown: string,
  algorithm: string,
  digest: string,
  sideFile: string,
  expected: DigestLine,
): VerificationError {
  return new VerificationError(
    `cannot trust ${shown}: its ${algorithm} is ${digest}, and ${sideFile} says ` +
      `${expected.digest}. The image or the side file was changed or damaged; use another copy.`,
  );
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
  const text = await readFile(path, "utf8").catch((error) => {
    throw unreadable(printable(path), error);
  });
  return digestLineIn(text, printable(path), name);
}

/**
 * The line of a side file that is about an image.
 *
 * @param sideFile For messages.
 * @param name The image's name without its folder.
 * @throws EnvironmentError `bad-side-file`
 */
export function digestLineIn(text: string, sideFile: string, name: string): DigestLine {
  const lines = text.split("\n").filter((line) => line !== "").map(parseDigestLine);
  const known = lines.filter((line) => line !== undefined);
  // A renamed image keeps its side file, which then has the one line of its old name.
  const line = known.find((each) => each.name === name) ??
    (known.length === 1 ? known[0] : undefined);
  if (line !== undefined) return line;
  throw new EnvironmentError(
    `cannot read ${sideFile}: no line in it is a digest of ${printable(name)}. ` +
      "It must be as sha512sum writes it: DIGEST, two blanks, NAME.",
    "bad-side-file",
  );
}
