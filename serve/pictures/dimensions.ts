/**
 * Width and height of a picture from its first bytes: a small file may unfold to more points than
 * a browser has memory for.
 * @module
 */

/** In points. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** The size of a picture of a kind that browsers draw; `undefined` where the head has none. */
export function dimensionsOf(head: Uint8Array): Dimensions | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  try {
    const found = png(view) ?? gif(view) ?? jpeg(view) ?? webp(view) ?? bmp(view) ?? avif(view);
    return found !== undefined && found.width > 0 && found.height > 0 ? found : undefined;
  } catch (error) {
    // The head ends, or the picture does, before its size.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** PNG, "11.2.2 IHDR". */
function png(view: DataView): Dimensions | undefined {
  if (view.getUint32(0) !== 0x89504e47 || tag(view, 12) !== "IHDR") return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** GIF89a, "18. Logical Screen Descriptor". */
function gif(view: DataView): Dimensions | undefined {
  if (tag(view, 0) !== "GIF8") return undefined;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** JPEG: segment after segment up to the one that begins a frame (ITU T.81, B.2.2). */
function jpeg(view: DataView): Dimensions | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2;;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (marker === 0xd9 || marker === 0xda) return undefined;
    const lengthBytes = view.getUint16(at + 2);
    if (lengthBytes < 2) return undefined;
    at += 2 + lengthBytes;
  }
}

/** WebP: RFC 9649, section 2; its three kinds. */
function webp(view: DataView): Dimensions | undefined {
  if (tag(view, 0) !== "RIFF" || tag(view, 8) !== "WEBP") return undefined;
  switch (tag(view, 12)) {
    case "VP8X":
      return { width: 1 + u24(view, 24), height: 1 + u24(view, 27) };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    case "VP8 ":
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    default:
      return undefined;
  }
}

/** BMP: BITMAPINFOHEADER; a negative height is stored from the top. */
function bmp(view: DataView): Dimensions | undefined {
  if (view.getUint16(0) !== 0x424d || view.getUint32(14, true) < 40) return undefined;
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
}

/** AVIF: the largest of its properties `ispe` (ISO 23008-12, 6.5.3); tiles have their own. */
function avif(view: DataView): Dimensions | undefined {
  if (tag(view, 4) !== "ftyp") return undefined;
  let largest: Dimensions | undefined;
  for (let at = 8; at + 20 <= view.byteLength; at++) {
    if (view.getUint8(at + 4) !== 0x69 || tag(view, at + 4) !== "ispe") continue;
    const found = { width: view.getUint32(at + 12), height: view.getUint32(at + 16) };
    const isLarger = largest === undefined ||
      found.width * found.height > largest.width * largest.height;
    if (isLarger) largest = found;
  }
  return largest;
}

function tag(view: DataView, at: number): string {
  const bytes = [0, 1, 2, 3].map((i) => view.getUint8(at + i));
  return String.fromCharCode(...bytes);
}

function u24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
}
