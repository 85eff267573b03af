/**
 * Files: their pages, their contents, and small pictures of them.
 * @module
 */

import { PathError } from "icecore/read";
import { printable } from "icecore/plugin";
import { viewOf } from "../contents/file_facts.ts";
import { fileHead, type SentFile } from "../contents/file_pieces.ts";
import { fileResponse } from "../contents/file_response.ts";
import { previewResponse, thumbnailResponse } from "../contents/picture_response.ts";
import { versionsOf } from "../contents/versions.ts";
import { BusyError } from "../http/slots.ts";
import { filePage } from "../pages/file_page.ts";
import { imageFoot } from "../pages/image_foot.ts";
import { pageResponse } from "../pages/layout.ts";
import { type Found, lookUpIn, type Place } from "../tree/shelf.ts";
import { jsonResponse } from "./folder_routes.ts";
import { redirect } from "./redirect.ts";
import { isSamePath, kindText, type Site } from "./site.ts";
import type { Wanted } from "./wanted.ts";

/** Of a text so much is shown. */
const TEXT_BYTES = 256 << 10;

/** The page of a file; of a folder the way to its own. */
export async function look(site: Site, wanted: Wanted): Promise<Response> {
  const { path, place } = wanted;
  const { addresses } = site;
  if (place === undefined) return redirect(addresses.of("browse", path));
  const found = await findIn(site, wanted, place).catch(async (error: unknown) => {
    const last = await lastVersion(error, wanted, place);
    if (last === undefined) throw error;
    return last;
  });
  if (typeof found === "number") {
    return redirect(addresses.of("look", path, { layer: String(found) }));
  }
  const real = site.shelf.pathOf(found);
  const isFolder = found.stat.kind === "folder" && found.layer === undefined;
  if (isFolder) return redirect(addresses.of("browse", real));
  if (!isSamePath(found.path, place.path)) return redirect(addresses.of("look", real));
  requireFile(found);
  const { file, name } = sentFile(site, found);
  const view = await inSlot(site, wanted, () => viewOf(file, found.stat, name));
  const { sizeBytes } = found.stat;
  const text = view.shows === "text"
    ? {
      beginning: new TextDecoder().decode(await fileHead(file.image, file.inode, TEXT_BYTES)),
      isCut: sizeBytes > TEXT_BYTES,
    }
    : undefined;
  return pageResponse(
    addresses,
    filePage({
      addresses,
      rootName: site.rootName,
      path,
      title: printable(name),
      file: view,
      ...(text === undefined ? {} : { text }),
      ...(found.layer === undefined ? {} : { layer: found.layer.number }),
      versions: await versionsOf(found),
      foot: imageFoot(found.image),
    }),
  );
}

/** Contents. */
export async function raw(site: Site, wanted: Wanted): Promise<Response> {
  const found = await foundFile(site, wanted);
  return await fileResponse({
    ...sentFile(site, found),
    stat: found.stat,
    isDownload: wanted.c.req.query("download") !== undefined,
    request: wanted.c.req.raw,
    slots: site.sending,
  });
}

/** A small picture. What is broken has none: an error would be one of the page. */
export async function thumb(site: Site, wanted: Wanted): Promise<Response> {
  try {
    return await thumbnailResponse(await pictureRequest(site, wanted));
  } catch (error) {
    if (error instanceof PathError || error instanceof BusyError) throw error;
    wanted.c.req.raw.signal.throwIfAborted();
    return new Response(null, { status: 204 });
  }
}

/** A picture that browsers draw, out of one that they do not. */
export async function preview(site: Site, wanted: Wanted): Promise<Response> {
  return await previewResponse(await pictureRequest(site, wanted));
}

/** What is known of a file, for the light box. */
export async function info(site: Site, wanted: Wanted): Promise<Response> {
  const found = await foundFile(site, wanted);
  const { file, name } = sentFile(site, found);
  const view = await inSlot(site, wanted, () => viewOf(file, found.stat, name));
  return jsonResponse({ ...view, versions: await versionsOf(found) });
}

async function pictureRequest(site: Site, wanted: Wanted) {
  const found = await foundFile(site, wanted);
  return {
    ...sentFile(site, found),
    stat: found.stat,
    request: wanted.c.req.raw,
    looking: site.looking,
    sending: site.sending,
  };
}

async function foundFile(site: Site, wanted: Wanted): Promise<Found> {
  const { path, place } = wanted;
  if (place === undefined) throw notAFile(path, "the list of images");
  const found = await findIn(site, wanted, place);
  requireFile(found);
  return found;
}

/** The newest layer that has a file which the tree does not show any more. */
async function lastVersion(
  error: unknown,
  { c }: Wanted,
  place: Place,
): Promise<number | undefined> {
  if (!(error instanceof PathError) || c.req.query("layer") !== undefined) return undefined;
  return (await versionsOf(place)).find(({ isFile }) => isFile)?.layer;
}

/** As the tree shows it; where the address names a layer, as that has it. */
async function findIn(site: Site, { c }: Wanted, place: Place): Promise<Found> {
  const layer = c.req.query("layer");
  if (layer === undefined) return await site.find(place);
  return await lookUpIn(place, /^\d{1,5}$/.test(layer) ? Number(layer) : -1);
}

function sentFile(site: Site, found: Found): { file: SentFile; name: Uint8Array } {
  const { image, path, stat, layer } = found;
  return {
    file: { image: layer?.reader ?? image.reader, path, inode: stat.inode },
    name: site.nameOf(found),
  };
}

function requireFile({ path, stat }: Found): void {
  if (stat.kind !== "file") throw notAFile(path, `a ${kindText(stat.kind)}`);
}

function notAFile(path: Uint8Array, what: string): PathError {
  const shown = printable(path);
  return new PathError("not-a-file", shown, `cannot show ${shown}: it is ${what}.`);
}

async function inSlot<T>(site: Site, { c }: Wanted, work: () => Promise<T>): Promise<T> {
  const free = await site.looking.take(c.req.raw.signal);
  try {
    return await work();
  } finally {
    free();
  }
}
