/**
 * What the bytes of an image are there for, and a small bar of it.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { formatSize } from "../../pipeline/words/size.ts";

/** Bytes of an image by what they are there for; together, its file system. */
export interface ImageUses {
  /** Superblock and its copies, bitmaps, inodes, a journal. */
  readonly metadataBytes: number;
  /** Files, folders, and where they lie. */
  readonly contentsBytes: number;
  /** Digests of the files' contents. */
  readonly recordBytes: number;
  readonly freeBytes: number;
}

/**
 * Looks at superblock and group descriptors only.
 *
 * @returns `undefined` for a stack of images, and where a journal or a record is damaged: what an
 * image says of itself is known all the same.
 */
export async function imageUses(image: ImageReader): Promise<ImageUses | undefined> {
  const layout = await image.layout?.().catch((error) => {
    if (error instanceof CorruptImageError) return undefined;
    throw error;
  });
  if (layout === undefined) return undefined;
  const { countBlocks, countFreeBlocks, blockSizeBytes } = image.info;
  let metadataBytes = 0, recordBytes = 0;
  for (const { kind, lengthBytes } of layout.zones) {
    const bytes = Math.ceil(lengthBytes / blockSizeBytes) * blockSizeBytes;
    if (kind === "record") recordBytes += bytes;
    else metadataBytes += bytes;
  }
  const freeBytes = countFreeBlocks * blockSizeBytes;
  const known = metadataBytes + recordBytes + freeBytes;
  const contentsBytes = Math.max(0, countBlocks * blockSizeBytes - known);
  return { metadataBytes, contentsBytes, recordBytes, freeBytes };
}

const WIDTH = 32;

/** A bar of letters, each use with as many as it takes of the image and at least one. */
export function useBar(uses: ImageUses): string {
  const parts = ([
    ["m", "metadata", uses.metadataBytes],
    ["#", "contents", uses.contentsBytes],
    ["r", "record", uses.recordBytes],
    [".", "free", uses.freeBytes],
  ] as const).filter(([, , bytes]) => bytes > 0);
  const whole = parts.reduce((sum, [, , bytes]) => sum + bytes, 0);
  const widths = parts.map(([, , bytes]) => Math.max(1, Math.round(WIDTH * bytes / whole)));
  // What was rounded is taken from, or given to, the longest.
  const longest = widths.indexOf(Math.max(...widths));
  widths[longest]! += WIDTH - widths.reduce((sum, width) => sum + width, 0);
  const bar = parts.map(([letter], i) => letter.repeat(widths[i]!)).join("");
  const legend = parts.map(([letter, name, bytes]) => `${letter} ${name} ${formatSize(bytes)}`);
  return `[${bar}]  ${legend.join(", ")}`;
}
