/**
 * JPEGs in pictures that browsers do not draw.
 * @module
 */

import { brandOf } from "./boxes.ts";
import { CANON_BRAND, canonPreviews } from "./canon_previews.ts";
import { fujiPreview } from "./fuji_preview.ts";
import { heifPreviews } from "./heif_previews.ts";
import type { EmbeddedPictures, ReadSpan } from "./previews.ts";
import { tiffPreviews } from "./tiff_previews.ts";

/**
 * @param head The first bytes of the file; anything may be wrong with them.
 * @returns Its previews, the smallest first.
 */
export async function embeddedPictures(
  head: Uint8Array,
  fileBytes: number,
  read: ReadSpan,
): Promise<EmbeddedPictures> {
  const found = await ofItsKind(head, fileBytes, read);
  return { ...found, previews: [...found.previews].sort((a, b) => a.sizeBytes - b.sizeBytes) };
}

async function ofItsKind(
  head: Uint8Array,
  fileBytes: number,
  read: ReadSpan,
): Promise<EmbeddedPictures> {
  const brand = brandOf(new DataView(head.buffer, head.byteOffset, head.length));
  if (brand === CANON_BRAND) return await canonPreviews(head, fileBytes, read);
  if (brand !== undefined) return heifPreviews(head, fileBytes);
  return tiffPreviews(head, fileBytes) ?? fujiPreview(head, fileBytes) ?? { previews: [] };
}
