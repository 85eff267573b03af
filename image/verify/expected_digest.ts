/**
 * What the digest of that which lies there should be.
 * @module
 */

import type { SourceOptions } from "../../host/block_source/block_source.ts";
import { shownLocation, siblingLocation } from "../../host/block_source/location.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { localSideFile } from "./local_side_file.ts";
import { remoteSideFile } from "./remote_side_file.ts";
import type { ExpectedDigest } from "./side_file.ts";
import type { StoredImage, Unseen } from "./stored_image.ts";

/** How it is found. */
export interface DigestOptions extends SourceOptions {
  readonly signal?: AbortSignal;
}

/**
 * What the manifest says, or the side file: of parts without a manifest that of the whole.
 *
 * @throws EnvironmentError `no-side-file`, `bad-side-file`
 */
export async function expectedDigest(
  { location, stored, parts }: StoredImage,
  options: DigestOptions,
): Promise<ExpectedDigest> {
  const about = parts?.about;
  if (about?.manifest !== undefined) {
    const { manifest: { sha512 }, shownManifest } = about;
    return { algorithm: "sha512", digest: sha512, sideFile: shownManifest ?? stored.shownName };
  }
  const whole = about === undefined ? location : siblingLocation(location, about.whole);
  return stored.isLocal
    ? await localSideFile(whole)
    : await remoteSideFile(whole, shownLocation(whole), options);
}

/** The error of what cannot be looked into, and has no side file to go by. */
export function nothingToGoBy(shownName: string, { error }: Unseen): Error {
  // What is to be done about the others, their own words say.
  if (!hasCode(error, "no-identity", "no-passphrase", "no-terminal")) return error;
  return new EnvironmentError(
    `cannot verify ${shownName}: it is encrypted and no identity is given, so that what is in it ` +
      "was not looked at, and there is no side file beside it to compare its digest with. " +
      "Give the file with the private key, or put the side file there.",
    "nothing-to-go-by",
    { cause: error },
  );
}
