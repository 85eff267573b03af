/**
 * JPEG previews in Canon's CR3: a small one (`THMB`), one for the camera's screen (`PRVW`), and one
 * of full size, which is a track as the raw picture is.
 * Source: Laurent Clévy's description of the format, github.com/lclevy/canon_cr3.
 * @module
 */

import { type Box, boxAt, boxesIn, boxWithin } from "./boxes.ts";
import type { EmbeddedPictures, PreviewPlace, ReadSpan } from "./previews.ts";
import { tiffPreviews } from "./tiff_previews.ts";

/** The major brand. */
export const CANON_BRAND = "crx ";
const CANON = "85c0b687820f11e08111f4ce462b6a48";
const PREVIEW = "eaf42b5e1c984b88b9fbb7dc406e4d16";
/** What stands in the box of the preview in front of `PRVW`. */
const BEFORE_PREVIEW_BYTES = 8;
/** In the boxes of previews, before the JPEG. */
const MOST_FIELDS_BYTES = 64;
/** What is read of a box that lies behind the head: enough for where the JPEG in it begins. */
const LOOK_BYTES = 128;
/** Beside each other in the file. */
const MOST_BOXES = 16;

/** @param read Reads on, behind the head. */
export async function canonPreviews(
  head: Uint8Array,
  fileBytes: number,
  read: ReadSpan,
): Promise<EmbeddedPictures> {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const previews: PreviewPlace[] = [];
  let exif: Uint8Array | undefined;
  let at = 0;
  for (let count = 0; count < MOST_BOXES && at + 8 <= fileBytes; count++) {
    // Of the boxes behind the head no more is read than how they begin.
    const isAtHand = at + LOOK_BYTES <= head.length;
    const bytes = isAtHand ? head : await read(at, Math.min(LOOK_BYTES, fileBytes - at));
    const here = isAtHand ? view : new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const place = isAtHand ? at : 0;
    const box = boxAt(here, place, at, fileBytes);
    if (box === undefined) break;
    if (box.type === "moov" && isAtHand) {
      previews.push(...fullSizes(view, box, fileBytes));
      const canon = [...boxesIn(view, box.startBytes, box.endBytes)].find((it) =>
        it.uuid === CANON
      );
      if (canon !== undefined) {
        const small = boxWithin(view, canon, "THMB");
        if (small !== undefined) previews.push(...jpegIn(view, small.startBytes, small));
        const tags = boxWithin(view, canon, "CMT1");
        if (tags !== undefined) exif = head.subarray(tags.startBytes, tags.endBytes);
      }
    } else if (box.uuid === PREVIEW) {
      const inner = box.startBytes + BEFORE_PREVIEW_BYTES;
      const shown = boxAt(here, inner - at + place, inner, box.endBytes);
      if (shown?.type === "PRVW") {
        previews.push(...jpegIn(here, shown.startBytes - at + place, shown));
      }
      // What follows is the raw picture.
      break;
    }
    at = box.endBytes;
  }
  const orientation = exif && tiffPreviews(exif, exif.length)?.orientation;
  return { previews, orientation: orientation ?? 1, ...exif === undefined ? {} : { exif } };
}

/** The JPEG in a box: behind a few numbers, which are not the same in all versions. */
function* jpegIn(view: DataView, place: number, box: Box): Generator<PreviewPlace> {
  const end = Math.min(place + MOST_FIELDS_BYTES, view.byteLength - 2);
  for (let at = place; at < end; at++) {
    if (view.getUint16(at) !== 0xffd8 || view.getUint8(at + 2) !== 0xff) continue;
    const offsetBytes = box.startBytes + at - place;
    if (offsetBytes < box.endBytes) yield { offsetBytes, sizeBytes: box.endBytes - offsetBytes };
    return;
  }
}

/** Tracks of a single picture; which of them is a JPEG, its first bytes will say. */
function* fullSizes(view: DataView, moov: Box, fileBytes: number): Generator<PreviewPlace> {
  for (const track of boxesIn(view, moov.startBytes, moov.endBytes)) {
    if (track.type !== "trak") continue;
    const table = boxWithin(view, track, "mdia", "minf", "stbl");
    const sizes = table && boxWithin(view, table, "stsz");
    const places = table && (boxWithin(view, table, "co64") ?? boxWithin(view, table, "stco"));
    if (sizes === undefined || places === undefined) continue;
    const sizeBytes = onlySize(view, sizes);
    const offsetBytes = onlyPlace(view, places);
    if (sizeBytes === undefined || offsetBytes === undefined || sizeBytes === 0) continue;
    if (offsetBytes + sizeBytes <= fileBytes) yield { offsetBytes, sizeBytes };
  }
}

/** `stsz`: one size for all, a count, and sizes where that is 0. */
function onlySize(view: DataView, { startBytes, endBytes }: Box): number | undefined {
  if (Math.min(endBytes, view.byteLength) < startBytes + 12) return undefined;
  if (view.getUint32(startBytes + 8) !== 1) return undefined;
  const common = view.getUint32(startBytes + 4);
  if (common !== 0) return common;
  if (Math.min(endBytes, view.byteLength) < startBytes + 16) return undefined;
  return view.getUint32(startBytes + 12);
}

/** `stco`, `co64`: a count, and places of 32 or 64 bits. */
function onlyPlace(view: DataView, { type, startBytes, endBytes }: Box): number | undefined {
  const sizeBytes = type === "co64" ? 8 : 4;
  if (Math.min(endBytes, view.byteLength) < startBytes + 8 + sizeBytes) return undefined;
  if (view.getUint32(startBytes + 4) !== 1) return undefined;
  const at = startBytes + 8;
  return sizeBytes === 4
    ? view.getUint32(at)
    : view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}
