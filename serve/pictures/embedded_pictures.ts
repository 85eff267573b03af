/**
 * JPEGs in pictures that browsers do not draw.
 * @module
 */

import { brandOf } from "./boxes.ts";
import { CANON_BRAND, canonPreviews } from "./canon_previews.ts";
import { fujiPreview } from "./fuji_preview.ts";
import { heifPreviews } from "./heif_previews.ts";
import { type PreviewPlace, tiffPreviews } from "./tiff_previews.ts";

/** Reads some bytes of the file: fewer than asked for at its end. */
export type ReadSpan = (offsetBytes: number, countBytes: number) => Promise<Uint8Array>;

/** What is in a picture beside itself. */
export interface EmbeddedPictures {
  readonly previews: readonly PreviewPlace[];
  /** How the picture is turned, 1 to 8; `undefined` where EXIF alone says it. */
  readonly orientation?: number;
  /** Where EXIF stands; missing where the head of the file leads to it. */
  readonly exif?: Uint8Array;
}

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
