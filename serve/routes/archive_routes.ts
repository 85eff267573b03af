/**
 * Folders as archives.
 * @module
 */

import { PathError } from "icecore/read";
import { printable } from "icecore/plugin";
import { type ArchiveRequest, tarResponse } from "../archives/tar_response.ts";
import { zipResponse } from "../archives/zip_response.ts";
import type { Site } from "./site.ts";
import type { Wanted } from "./wanted.ts";

/** A folder as tar. */
export async function tar(site: Site, wanted: Wanted): Promise<Response> {
  return await tarResponse(await archiveRequest(site, wanted));
}

/** A folder as zip. */
export async function zip(site: Site, wanted: Wanted): Promise<Response> {
  return await zipResponse(await archiveRequest(site, wanted));
}

async function archiveRequest(site: Site, { path, place, c }: Wanted): Promise<ArchiveRequest> {
  const found = place === undefined ? undefined : await site.find(place);
  if (found === undefined || found.stat.kind !== "folder") {
    const shown = printable(path);
    throw new PathError(
      "not-a-folder",
      shown,
      `cannot pack ${shown}: it is not a folder of an image.`,
    );
  }
  return {
    place: found,
    name: withoutEnding(site.nameOf(found), found.path.length === 0),
    request: c.req.raw,
    slots: site.archiving,
  };
}

/** An image's own name has an ending that its archive has no use for. */
function withoutEnding(name: Uint8Array, isImage: boolean): Uint8Array {
  const ending = [0x2e, 0x69, 0x6d, 0x67];
  const hasIt = name.length > ending.length &&
    ending.every((byte, i) => name[name.length - ending.length + i] === byte);
  return isImage && hasIt ? name.subarray(0, -ending.length) : name;
}
