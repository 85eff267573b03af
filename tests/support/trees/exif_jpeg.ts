/**
 * JPEGs with what a camera writes into them.
 * @module
 */

import { Buffer } from "node:buffer";

/** A picture of a single point. */
export const TINY_JPEG: Uint8Array = new Uint8Array(Buffer.from(
  "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////" +
    "////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAB" +
    "PxA=",
  "base64",
));

/** What is written into a picture. */
export interface ExifValues {
  readonly make?: string;
  readonly model?: string;
  readonly orientation?: number;
  readonly taken?: string;
  readonly description?: string;
  readonly thumbnail?: Uint8Array;
}

type Entry = readonly [tag: number, type: number, count: number, value: number | Uint8Array];

const ASCII = 2;
const SHORT = 3;
const LONG = 4;
const TIFF_HEAD_BYTES = 8;

/** The JPEG with an EXIF segment behind its first two bytes. */
export function withExif(jpeg: Uint8Array, values: ExifValues): Uint8Array {
  const tiff = tiffOf(values);
  const length = 2 + 6 + tiff.length;
  const head = [0xff, 0xe1, length >> 8, length & 0xff, ...Buffer.from("Exif\0\0")];
  return new Uint8Array(
    Buffer.concat([jpeg.subarray(0, 2), Uint8Array.from(head), tiff, jpeg.subarray(2)]),
  );
}

/** The TIFF file that EXIF is: big-endian, with a folder for a thumbnail. */
export function tiffOf(values: ExifValues): Uint8Array {
  const { make, model, orientation = 1, taken, description, thumbnail } = values;
  const text = (tag: number, value: string | undefined): Entry[] => {
    if (value === undefined) return [];
    const bytes = Buffer.from(`${value}\0`);
    return [[tag, ASCII, bytes.length, bytes]];
  };
  const first: Entry[] = [
    ...text(0x010e, description),
    ...text(0x010f, make),
    ...text(0x0110, model),
    [0x0112, SHORT, 1, orientation],
  ];
  const firstBytes = sizeOf([...first, [0x8769, LONG, 1, 0]]);
  const exifAt = TIFF_HEAD_BYTES + firstBytes;
  const exif = text(0x9003, taken);
  const exifBytes = sizeOf(exif);
  const secondAt = exifAt + exifBytes;
  const second: Entry[] = thumbnail === undefined ? [] : [
    [0x0103, SHORT, 1, 6],
    [0x0201, LONG, 1, 0],
    [0x0202, LONG, 1, thumbnail.length],
  ];
  const thumbnailAt = secondAt + sizeOf(second);
  if (thumbnail !== undefined) second[1] = [0x0201, LONG, 1, thumbnailAt];
  const head = Buffer.alloc(TIFF_HEAD_BYTES);
  head.write("MM");
  head.writeUInt16BE(42, 2);
  head.writeUInt32BE(TIFF_HEAD_BYTES, 4);
  return new Uint8Array(Buffer.concat([
    head,
    folder([...first, [0x8769, LONG, 1, exifAt]], TIFF_HEAD_BYTES, thumbnail ? secondAt : 0),
    folder(exif, exifAt, 0),
    folder(second, secondAt, 0),
    thumbnail ?? new Uint8Array(),
  ]));
}

function sizeOf(entries: readonly Entry[]): number {
  const data = entries.reduce((sum, entry) => sum + dataOf(entry).length, 0);
  return 2 + 12 * entries.length + 4 + data;
}

function dataOf([, , , value]: Entry): Uint8Array {
  return value instanceof Uint8Array && value.length > 4 ? value : new Uint8Array();
}

function folder(entries: readonly Entry[], at: number, next: number): Uint8Array {
  const bytes = Buffer.alloc(sizeOf(entries));
  bytes.writeUInt16BE(entries.length);
  let dataAt = 2 + 12 * entries.length + 4;
  entries.forEach((entry, i) => {
    const [tag, type, count, value] = entry;
    const place = 2 + 12 * i;
    bytes.writeUInt16BE(tag, place);
    bytes.writeUInt16BE(type, place + 2);
    bytes.writeUInt32BE(count, place + 4);
    const data = dataOf(entry);
    if (data.length > 0) {
      bytes.writeUInt32BE(at + dataAt, place + 8);
      bytes.set(data, dataAt);
      dataAt += data.length;
    } else if (value instanceof Uint8Array) bytes.set(value, place + 8);
    else if (type === SHORT) bytes.writeUInt16BE(value, place + 8);
    else bytes.writeUInt32BE(value, place + 8);
  });
  bytes.writeUInt32BE(next, 2 + 12 * entries.length);
  return bytes;
}
