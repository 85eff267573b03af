/**
 * What the side file of an image says, and what is wrong when the image is another.
 * @module
 */

import { EnvironmentError } from "../../../host/environment_error.ts";
import { printable } from "../../../host/libc/paths.ts";
import { VerificationError } from "../../../pipeline/errors.ts";
import { type DigestLine, parseDigestLine } from "../../../pipeline/side_file.ts";

/** The algorithm that `build` uses where none is asked for. */
export const DEFAULT_ALGORITHM = "sha512";

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

/** @param sideFile For the message: where it was looked for. */
export function noSideFile(shown: string, sideFile: string): EnvironmentError {
  return new EnvironmentError(
    `cannot verify ${shown}: there is no side file ${sideFile} beside it. Put it there ` +
      "(icecore build writes one), compare with the source, or verify without it.",
    "no-side-file",
  );
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
