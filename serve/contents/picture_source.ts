/**
 * From which bytes a browser can draw a picture, found in the first ones of its file.
 * @module
 */

import { mediaOf } from "../media/media_type.ts";
import type { ByteSpan } from "../http/range.ts";
import { type Dimensions, dimensionsOf } from "../pictures/dimensions.ts";
import { embeddedPictures } from "../pictures/embedded_pictures.ts";
import { type PictureFacts, readExif } from "../pictures/exif.ts";
import { isJpeg } from "../pictures/oriented_jpeg.ts";
import type { PreviewPlace } from "../pictures/previews.ts";
import { fileHead, fileSpan, type SentFile } from "./file_pieces.ts";

/** What is read of a picture to know it: EXIF stands in it whole, with its preview. */
const HEAD_BYTES = 64 << 10;
/** A thumbnail is made of the whole picture up to here. */
const MOST_WHOLE_BYTES = 2 << 20;
const MOST_THUMBNAIL_BYTES = 1 << 20;
const MOST_PREVIEW_BYTES = 64 << 20;
/** Points that a browser unfolds for a thumbnail, and for a picture that somebody wants to see. */
const MOST_THUMBNAIL_POINTS = 32e6;
const MOST_POINTS = 200e6;

/** A picture, as far as its head says what it is. */
export interface KnownPicture {
  readonly exif: PictureFacts;
  readonly dimensions: Dimensions | undefined;
  /** JPEGs in it, the smallest first; of a raw picture. */
  readonly previews: readonly PreviewPlace[];
  readonly orientation: number;
  /** Whether a browser draws the file as it is. */
  readonly isDrawn: boolean;
  /** Whether it is drawn whatever its size: it has no points. */
  readonly isVector: boolean;
}

/** Bytes that a browser draws. */
export type PictureSource =
  /** In memory. */
  | { readonly from: "bytes"; readonly jpeg: Uint8Array; readonly orientation: number }
  /** A JPEG within the file. */
  | { readonly from: "span"; readonly span: ByteSpan; readonly orientation: number }
  /** The file as it is. */
  | { readonly from: "file" };

/** Reads the head of a picture. @throws CorruptImageError where the image is broken there */
export async function knowPicture(file: SentFile, name: Uint8Array): Promise<KnownPicture> {
  const media = mediaOf(name);
  const isVector = media.type === "image/svg+xml";
  const { stat } = await file.image.openFile(file.inode);
  const head = isVector ? new Uint8Array() : await fileHead(file.image, file.inode, HEAD_BYTES);
  const read = (offsetBytes: number, countBytes: number) =>
    fileSpan(file.image, file.inode, offsetBytes, countBytes);
  const embedded = await embeddedPictures(head, stat.sizeBytes, read);
  const exif = await readExif(embedded.exif ?? head);
  return {
    exif,
    dimensions: dimensionsOf(head),
    previews: embedded.previews,
    orientation: embedded.orientation ?? exif.orientation,
    isDrawn: media.isDrawn === true,
    isVector,
  };
}

/** What a small picture of it is drawn from; `undefined` where there is nothing small. */
export async function thumbnailSource(
  file: SentFile,
  picture: KnownPicture,
  sizeBytes: number,
): Promise<PictureSource | undefined> {
  const { exif: { thumbnail }, previews, dimensions, orientation, isDrawn, isVector } = picture;
  if (thumbnail !== undefined && isJpeg(thumbnail)) {
    return { from: "bytes", jpeg: thumbnail, orientation };
  }
  for (const { offsetBytes, sizeBytes, isTurned } of previews) {
    if (sizeBytes > MOST_THUMBNAIL_BYTES) break;
    const jpeg = await fileSpan(file.image, file.inode, offsetBytes, sizeBytes);
    if (isJpeg(jpeg)) return { from: "bytes", jpeg, orientation: isTurned ? 1 : orientation };
  }
  const isSmall = isVector || pointsOf(dimensions) <= MOST_THUMBNAIL_POINTS;
  return isDrawn && sizeBytes <= MOST_WHOLE_BYTES && isSmall ? { from: "file" } : undefined;
}

/** What it is drawn from at its full size, or at the largest there is. */
export async function fullSource(
  file: SentFile,
  picture: KnownPicture,
): Promise<PictureSource | undefined> {
  const { previews, dimensions, orientation, isDrawn, isVector, exif: { thumbnail } } = picture;
  if (isDrawn) {
    return isVector || isDrawable(dimensions) ? { from: "file" } : undefined;
  }
  for (const { offsetBytes, sizeBytes, isTurned } of [...previews].reverse()) {
    if (sizeBytes > MOST_PREVIEW_BYTES) continue;
    if (!isJpeg(await fileSpan(file.image, file.inode, offsetBytes, 16))) continue;
    const span = { startBytes: offsetBytes, endBytes: offsetBytes + sizeBytes };
    return { from: "span", span, orientation: isTurned ? 1 : orientation };
  }
  return thumbnail !== undefined && isJpeg(thumbnail)
    ? { from: "bytes", jpeg: thumbnail, orientation }
    : undefined;
}

/** A picture whose size is not known has an odd head, and its points may be few: it is tried. */
function isDrawable(dimensions: Dimensions | undefined): boolean {
  return dimensions === undefined || pointsOf(dimensions) <= MOST_POINTS;
}

function pointsOf(dimensions: Dimensions | undefined): number {
  return dimensions === undefined ? Infinity : dimensions.width * dimensions.height;
}
