/**
 * Pictures as cameras write them, without the picture: Canon's CR3, Fujifilm's RAF, and HEIC.
 * @module
 */

import { Buffer } from "node:buffer";

const bytesOf = (hex: string) => Buffer.from(hex, "hex");
const u16 = (value: number) => bytesOf(value.toString(16).padStart(4, "0"));
const u32 = (value: number) => bytesOf(value.toString(16).padStart(8, "0"));
const u64 = (value: number) => bytesOf(value.toString(16).padStart(16, "0"));

/** A box of ISO/IEC 14496-12. */
export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, "latin1"), body]);
}

/** One with a version and flags. */
export function versioned(type: string, version: number, ...parts: readonly Uint8Array[]) {
  return box(type, u32(version * 2 ** 24), ...parts);
}

/** What is put into a CR3. */
export interface Cr3Parts {
  /** A TIFF with what the camera is called, and how the picture is turned. */
  readonly tags: Uint8Array;
  readonly small: Uint8Array;
  readonly shown: Uint8Array;
  readonly full: Uint8Array;
  /** Between the tags and the preview: cameras leave 64 KiB for XMP there. */
  readonly gapBytes: number;
}

/** A CR3 with three JPEGs. */
export function cr3Of({ tags, small, shown, full, gapBytes }: Cr3Parts): Uint8Array {
  const ftyp = box("ftyp", Buffer.from("crx \0\0\0\x01crx isom"));
  const canon = box(
    "uuid",
    bytesOf("85c0b687820f11e08111f4ce462b6a48"),
    box("CNCV", Buffer.from("CanonCR3_001/00.09.00/00.00.00")),
    box("CMT1", tags),
    versioned("THMB", 0, u16(160), u16(120), u32(small.length), u16(1), u16(0), small),
  );
  const track = (place: number) =>
    box(
      "trak",
      box(
        "mdia",
        box(
          "minf",
          box(
            "stbl",
            versioned("stsz", 0, u32(0), u32(1), u32(full.length)),
            versioned("co64", 0, u32(1), u64(place)),
          ),
        ),
      ),
    );
  const moov = (place: number) => box("moov", canon, track(place));
  const gap = box("uuid", bytesOf("be7acfcb97a942e89c71999491e3afac"), Buffer.alloc(gapBytes));
  const preview = box(
    "uuid",
    bytesOf("eaf42b5e1c984b88b9fbb7dc406e4d16"),
    u64(1),
    box("PRVW", u32(0), u16(1), u16(1620), u16(1080), u16(1), u32(shown.length), shown),
  );
  const inFront = ftyp.length + moov(0).length + gap.length + preview.length;
  return new Uint8Array(
    Buffer.concat([ftyp, moov(inFront + 8), gap, preview, box("mdat", full)]),
  );
}

/** A RAF around a JPEG. */
export function rafOf(jpeg: Uint8Array): Uint8Array {
  const head = Buffer.alloc(148);
  head.write("FUJIFILMCCD-RAW 0201FF159502");
  head.writeUInt32BE(148, 84);
  head.writeUInt32BE(jpeg.length, 88);
  return new Uint8Array(Buffer.concat([head, jpeg, Buffer.alloc(500, 7)]));
}

/** A HEIC of which one item is a JPEG, and one is not and lies in two pieces. */
export function heicOf(jpeg: Uint8Array): Uint8Array {
  const item = (number: number, type: string) =>
    versioned("infe", 2, u16(number), u16(0), Buffer.from(`${type}\0`));
  const place = (number: number, ...pieces: readonly (readonly [at: number, length: number])[]) =>
    Buffer.concat([
      ...[number, 0, pieces.length].map(u16),
      ...pieces.flatMap(([at, length]) => [u32(at), u32(length)]),
    ]);
  const ftyp = box("ftyp", Buffer.from("heic\0\0\0\0mif1heic"));
  const meta = (first: number) =>
    versioned(
      "meta",
      0,
      versioned("iinf", 0, u16(2), item(1, "hvc1"), item(2, "jpeg")),
      versioned(
        "iloc",
        0,
        bytesOf("4400"),
        u16(2),
        place(1, [first, 60], [first + 60, 40]),
        place(2, [first + 100, jpeg.length]),
      ),
    );
  const first = ftyp.length + meta(0).length + 8;
  return new Uint8Array(
    Buffer.concat([ftyp, meta(first), box("mdat", Buffer.alloc(100, 1), jpeg)]),
  );
}

/** A HEIC whose table says of each of 4,096 items that it lies in 65,535 pieces of no size. */
export function heicOfEmptyPieces(): Uint8Array {
  const info = versioned("infe", 2, u16(1), u16(0), Buffer.from("jpeg\0"));
  const items = Array.from({ length: 4096 }, () => Buffer.concat([u16(1), u16(0), u16(65_535)]));
  const places = versioned("iloc", 0, u16(0), u16(4096), ...items);
  const meta = versioned("meta", 0, versioned("iinf", 0, u16(1), info), places);
  return new Uint8Array(
    Buffer.concat([box("ftyp", Buffer.from("heic\0\0\0\0mif1heic")), meta]),
  );
}
