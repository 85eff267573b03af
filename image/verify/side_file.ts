/**
 * What the side file of an image says, and what is wrong when the image is another.
 * @module
 */

import { startHash } from "../../host/digests/hash.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { printable } from "../../host/libc/paths.ts";
import { VerificationError } from "../../pipeline/build_errors.ts";
import { type DigestLine, parseDigestLine } from "../../pipeline/side_file.ts";

/** The algorithm that `build` uses where none is asked for. */
export const DEFAULT_ALGORITHM = "sha512";

/** What an image should be. */
export interface ExpectedDigest {
  /** The algorithm, e.g. `sha512`. */
  readonly algorithm: string;
  /** In hex. */
  readonly digest: string;
  /** Which side file says so, as it may be shown. */
  readonly sideFile: string;
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

/** No line with a digest and a name is longer. */
const LINE_MAX_CHARACTERS = 65_536;

/**
 * The line of a side file that is about an image. However large the file, little of it is held.
 *
 * @param pieces Its contents.
 * @param sideFile For messages.
 * @param name The image's name without its folder.
 * @throws EnvironmentError `bad-side-file`, also where two lines contradict each other.
 */
export async function findDigestLine(
  pieces: AsyncIterable<Uint8Array>,
  sideFile: string,
  name: string,
  algorithm: string,
): Promise<DigestLine> {
  const length = (await startHash(algorithm)).digest().length;
  const ofName: DigestLine[] = [];
  let countOthers = 0;
  let other: DigestLine | undefined;
  for await (const text of linesOf(pieces)) {
    const line = parseDigestLine(text);
    if (line === undefined) continue;
    if (line.name !== name) {
      other ??= line;
      countOthers++;
      continue;
    }
    const known = ofName.some(({ digest }) => digest === line.digest);
    if (!known && ofName.length < MOST_DIGESTS) ofName.push(line);
  }
  // One of another algorithm may stand beside it.
  const fitting = ofName.filter(({ digest }) => digest.length === length);
  const [first, second] = fitting.length > 0 ? fitting : ofName;
  if (second !== undefined) {
    throw new EnvironmentError(
      `cannot use ${sideFile}: two lines in it are digests of ${
        printable(name)
      }, and they differ. ` +
        "Remove the one that is wrong; if it is not known which, use another copy of the side file.",
      "bad-side-file",
    );
  }
  // A renamed image keeps its side file, which then has the one line of its old name.
  const line = first ?? (countOthers === 1 ? other : undefined);
  if (line !== undefined) return line;
  throw new EnvironmentError(
    `cannot read ${sideFile}: no line in it is a digest of ${printable(name)}. ` +
      "It must be as sha512sum writes it: DIGEST, two blanks, NAME.",
    "bad-side-file",
  );
}

/** Different ones of one image that are distinguished. */
const MOST_DIGESTS = 8;

/** Lines without what ends them; those that are too long are left out. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let isTooLong = false;
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (!isTooLong && line !== "") yield line;
      isTooLong = false;
    }
    if (rest.length > LINE_MAX_CHARACTERS) [rest, isTooLong] = ["", true];
  }
  if (!isTooLong && rest !== "") yield rest;
}

/** @param sideFile For the message: where it was looked for. */
export function noSideFile(shown: string, sideFile: string): EnvironmentError {
  return new EnvironmentError(
    `cannot verify ${shown}: there is no side file ${sideFile} beside it. Put it there ` +
      "(icecore build writes one), compare with the source, or verify without it.",
    "no-side-file",
  );
}

/** The same of an image that has a record, but none that can be relied on. */
export function noSideFileNorRecord(shown: string, why: string): EnvironmentError {
  return new EnvironmentError(
    `cannot verify ${shown}: there is no side file beside it, and the record of its files' ` +
      `contents cannot be used: ${why}. Put the side file there, compare with the source, or ` +
      "verify without it.",
    "no-side-file",
  );
}

/** The error of an image that is not what its side file says. */
export function digestDiffers(
  shown: string,
  digest: string,
  expected: ExpectedDigest,
): VerificationError {
  const { algorithm, sideFile } = expected;
  return new VerificationError(
    `cannot trust ${shown}: its ${algorithm} is ${digest}, and ${printable(sideFile)} says ` +
      `${expected.digest}. The image or the side file was changed or damaged; use another copy.`,
  );
}
