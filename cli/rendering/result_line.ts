/**
 * The one line of a build's result on stdout.
 * @module
 */

import type { Image } from "../../pipeline/image.ts";
import { formatDigestLine } from "../../pipeline/side_file.ts";

/** `DIGEST  IMAGE` as `sha512sum` prints it; the name alone when no digest was asked for. */
export function digestLineOf(image: Image, shownOutput: string): string {
  const digests = Object.values(image.digests);
  const digest = digests[digests.length - 1];
  return digest === undefined ? shownOutput : formatDigestLine({ digest, name: shownOutput });
}
