/**
 * Files that are photographs as far as a reader of previews can say: EXIF with a JPEG in it.
 * @module
 */

import { Buffer } from "node:buffer";

const PREVIEW_BYTES = 12_000;

/** A JPEG's head with a preview, and bytes behind it that nobody should read. */
export function photo(sizeBytes: number): Uint8Array {
  const preview = Buffer.alloc(PREVIEW_BYTES, 0x55);
  preview.set([0xff, 0xd8, 0xff, 0xd9]);
  const previewAt = 8 + 6 + 2 + 3 * 12 + 4;
  const tiff = Buffer.alloc(previewAt + PREVIEW_BYTES);
  tiff.write("MM");
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  // An empty first folder of tags, and a second one of the preview.
  tiff.writeUInt32BE(14, 10);
  tiff.writeUInt16BE(3, 14);
  const entries = [[0x103, 3, 6 << 16], [0x201, 4, previewAt], [0x202, 4, PREVIEW_BYTES]];
  entries.forEach(([tag, type, value], i) => {
    tiff.writeUInt16BE(tag!, 16 + 12 * i);
    tiff.writeUInt16BE(type!, 18 + 12 * i);
    tiff.writeUInt32BE(1, 20 + 12 * i);
    tiff.writeUInt32BE(value!, 24 + 12 * i);
  });
  tiff.set(preview, previewAt);
  const length = 2 + 6 + tiff.length;
  const head = [0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 0xff, ...Buffer.from("Exif\0\0")];
  const bytes = Buffer.alloc(sizeBytes, 0xaa);
  bytes.set(head);
  bytes.set(tiff, head.length);
  return bytes;
}
