/**
 * The JPEG in Fujifilm's RAF: a whole photo, with EXIF and a preview of its own.
 * Source: libopenraw's description of the format, "RAF".
 * @module
 */

import type { EmbeddedPictures } from "./previews.ts";

const MAGIC = "FUJIFILMCCD-RAW ";
const PLACE_AT = 84;
const HEAD_BYTES = 92;

/** @returns `undefined` where the head is not that of a RAF */
export function fujiPreview(head: Uint8Array, fileBytes: number): EmbeddedPictures | undefined {
  if (head.length < HEAD_BYTES) return undefined;
  for (let i = 0; i < MAGIC.length; i++) if (head[i] !== MAGIC.charCodeAt(i)) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const [offsetBytes, sizeBytes] = [view.getUint32(PLACE_AT), view.getUint32(PLACE_AT + 4)];
  const isWithin = offsetBytes >= HEAD_BYTES && sizeBytes > 0 &&
    offsetBytes + sizeBytes <= fileBytes;
  if (!isWithin) return { previews: [], orientation: 1 };
  return {
    // How it is turned stands in its own EXIF, which the browser reads.
    previews: [{ offsetBytes, sizeBytes, isTurned: true }],
    exif: head.subarray(offsetBytes, offsetBytes + sizeBytes),
  };
}
