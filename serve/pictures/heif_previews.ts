/**
 * JPEGs in HEIC and HEIF: some cameras add one for those who have no decoder of HEVC.
 * Source: ISO/IEC 14496-12, sections 8.11.3 (`iloc`) and 8.11.6 (`iinf`); ISO/IEC 23008-12.
 * @module
 */

import { type Box, boxesIn, boxWithin, typeAt } from "./boxes.ts";
import type { EmbeddedPictures, PreviewPlace } from "./previews.ts";

/** Of a picture in tiles; more are not looked at. */
const MOST_ITEMS = 4096;

/** What lies in the head says where they are. */
export function heifPreviews(head: Uint8Array, fileBytes: number): EmbeddedPictures {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  try {
    const meta = [...boxesIn(view, 0, fileBytes)].find(({ type }) => type === "meta");
    if (meta === undefined) return { previews: [] };
    const inner = { ...meta, startBytes: meta.startBytes + VERSION_BYTES };
    const info = boxWithin(view, inner, "iinf");
    const places = boxWithin(view, inner, "iloc");
    if (info === undefined || places === undefined) return { previews: [] };
    const jpegs = jpegItems(view, info);
    return { previews: jpegs.size === 0 ? [] : placesOf(view, places, jpegs, fileBytes) };
  } catch (error) {
    // The head ends, or a table does, too early.
    if (error instanceof RangeError) return { previews: [] };
    throw error;
  }
}

/** What boxes with a version begin with. */
const VERSION_BYTES = 4;

/** The numbers of the items that are JPEGs. */
function jpegItems(view: DataView, info: Box): Set<number> {
  const items = new Set<number>();
  const isLong = view.getUint8(info.startBytes) > 0;
  const start = info.startBytes + VERSION_BYTES + (isLong ? 4 : 2);
  for (const { type, startBytes, endBytes } of boxesIn(view, start, info.endBytes)) {
    if (type !== "infe") continue;
    const version = view.getUint8(startBytes);
    if (version < 2 || endBytes < startBytes + (version === 2 ? 12 : 14)) continue;
    const at = startBytes + VERSION_BYTES;
    const number = version === 2 ? view.getUint16(at) : view.getUint32(at);
    const typeOfItem = typeAt(view, at + (version === 2 ? 4 : 6));
    if (typeOfItem === "jpeg") items.add(number);
  }
  return items;
}

/** Where items lie that are in one piece. @throws RangeError where the table is cut off */
function placesOf(
  view: DataView,
  { startBytes, endBytes }: Box,
  wanted: ReadonlySet<number>,
  fileBytes: number,
): PreviewPlace[] {
  const version = view.getUint8(startBytes);
  if (version > 2) return [];
  const places: PreviewPlace[] = [];
  let at = startBytes + VERSION_BYTES;
  const next = (countBytes: number): number => {
    if (at + countBytes > endBytes) throw new RangeError("the table ends");
    let value = 0;
    for (let i = 0; i < countBytes; i++) value = value * 256 + view.getUint8(at++);
    return value;
  };
  const sizes = next(2);
  const [offset, length, base, index] = [12, 8, 4, 0].map((shift) => (sizes >> shift) & 0xf);
  const count = next(version === 2 ? 4 : 2);
  for (let item = 0; item < Math.min(count, MOST_ITEMS); item++) {
    const number = next(version === 2 ? 4 : 2);
    const method = version === 0 ? 0 : next(2) & 0xf;
    next(2);
    const baseBytes = next(base!);
    const countPieces = next(2);
    const indexBytes = version > 0 ? index! : 0;
    // Others than 0 count from within a box.
    if (!wanted.has(number) || method !== 0 || countPieces !== 1) {
      // At once: a small table may have millions of pieces, of no size.
      at += countPieces * (indexBytes + offset! + length!);
      continue;
    }
    next(indexBytes);
    const offsetBytes = baseBytes + next(offset!);
    const sizeBytes = next(length!);
    if (sizeBytes > 0 && offsetBytes + sizeBytes <= fileBytes) {
      places.push({ offsetBytes, sizeBytes });
    }
  }
  return places;
}
