/**
 * The page about an image, as the commands make it.
 * @module
 */

import { basename } from "node:path";
import { isRemote } from "../../host/block_source/location.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { localSideFile } from "../../image/verify/local_side_file.ts";
import { codeOf, messageOf } from "../../pipeline/build_errors.ts";
import type { BuildFacts } from "../../report/build_log.ts";
import { imageReport } from "../../report/report_page.ts";
import type { KnownDigest } from "../../report/sections/digests.ts";

/** What the page holds besides. */
export interface PageOptions {
  readonly build?: BuildFacts;
  /** What was left out of the image so far. */
  readonly leftOut?: () => readonly string[];
}

/** The page about an open image. @param location Where it is, as it was typed. */
export async function imagePage(
  image: ImageReader,
  location: string,
  { build, leftOut }: PageOptions,
): Promise<string> {
  return await imageReport(image, {
    dedupeAdvice: ", as icecore build --dedupe does",
    ...build && { build },
    ...leftOut && { leftOut },
    ...build === undefined ? await besides(location) : { digests: digestsOf(build) },
  });
}

/** What the side file beside an image says. */
async function besides(
  location: string,
): Promise<{ digests: readonly KnownDigest[]; noDigest?: string }> {
  if (isRemote(location)) {
    return { digests: [], noDigest: "not looked for beside an image on a server" };
  }
  try {
    const { algorithm, digest, sideFile } = await localSideFile(location);
    const origin = `as ${basename(sideFile)} has it; icecore verify compares`;
    return { digests: [{ algorithm, digest, origin }] };
  } catch (error) {
    const isMissing = codeOf(error) === "no-side-file";
    return { digests: [], ...isMissing ? {} : { noDigest: messageOf(error) } };
  }
}

function digestsOf({ image }: BuildFacts): KnownDigest[] {
  return Object.entries(image.digests).map(([algorithm, digest]) => ({
    algorithm,
    digest,
    origin: "made while the image was written",
  }));
}
