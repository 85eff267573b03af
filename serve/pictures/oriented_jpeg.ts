/**
 * A preview that lies in a picture has the picture's points, and not its orientation: that stands in
 * the EXIF of the whole.
 * @module
 */

const JPEG_BEGIN = [0xff, 0xd8];
const BEHIND_BEGIN = 2;

/** The JPEG with an EXIF segment that says nothing but its orientation: browsers then turn it. */
export function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  if (!isJpeg(jpeg) || !Number.isInteger(orientation) || orientation < 2 || orientation > 8) {
    return jpeg;
  }
  const segment = exifSegment(orientation);
  const turned = new Uint8Array(jpeg.length + segment.length);
  turned.set(jpeg.subarray(0, BEHIND_BEGIN));
  turned.set(segment, BEHIND_BEGIN);
  turned.set(jpeg.subarray(BEHIND_BEGIN), BEHIND_BEGIN + segment.length);
  return turned;
}

/** Whether bytes begin as a JPEG does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length > 4 && JPEG_BEGIN.every((byte, i) => bytes[i] === byte) && bytes[2] === 0xff;
}

/** `APP1`: "Exif", a TIFF header, and one folder with one entry: tag 0x0112, a number of 16 bits. */
function exifSegment(orientation: number): Uint8Array {
  const body = [
    ...[0x45, 0x78, 0x69, 0x66, 0, 0],
    ...[0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8],
    ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0],
  ];
  return Uint8Array.from([0xff, 0xe1, 0, body.length + 2, ...body]);
}
