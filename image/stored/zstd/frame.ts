/**
 * One frame of a zstd file, unpacked and checked.
 *
 * Format: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
 * @module
 */

import * as zlib from "node:zlib";
import { EnvironmentError } from "../../../host/environment_error.ts";

const MAGIC = 0xfd2fb528;
/** In the byte behind the magic: a checksum of what it unpacks to follows the frame's blocks. */
const CHECKSUM_BIT = 0x04;
const CHECKSUM_BYTES = 4;

/**
 * Unpacks a frame.
 *
 * @param plainBytes What it must unpack to; not more is ever unpacked.
 * @param checksum What its contents must have, where that is known from elsewhere.
 * @returns The contents, or why they cannot be had.
 */
export function unpackFrame(
  frame: Uint8Array,
  plainBytes: number,
  checksum?: number,
): Uint8Array | string {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (frame.length < 5 || view.getUint32(0, true) !== MAGIC) return "no frame";
  const hasOwn = (frame[4]! & CHECKSUM_BIT) !== 0;
  if (checksum !== undefined && hasOwn) {
    const own = view.getUint32(frame.length - CHECKSUM_BYTES, true);
    if (own !== checksum) return "another one than the table lists, by its checksum";
  }
  const checked = checksum === undefined || hasOwn ? frame : withChecksum(frame, checksum);
  try {
    // Room for one byte more shows a frame that holds more.
    const plain = zlib.zstdDecompressSync(checked, { maxOutputLength: plainBytes + 1 });
    if (plain.length === plainBytes) return plain;
  } catch {
    return "damaged";
  }
  return `another one than the table lists: it does not unpack to ${plainBytes} bytes`;
}

/** @throws EnvironmentError `no-zstd` where the runtime has none, as Node before 22.15. */
export function requireZstd(shownName: string): void {
  if (typeof zlib.zstdDecompressSync === "function") return;
  throw new EnvironmentError(
    `cannot read ${shownName}: it is compressed with zstd, which this runtime does not have. ` +
      "Use a newer one, or unpack it with the program zstd.",
    "no-zstd",
  );
}

/** The frame as if it had the checksum itself: then whoever unpacks it compares. */
function withChecksum(frame: Uint8Array, checksum: number): Uint8Array {
  const longer = new Uint8Array(frame.length + CHECKSUM_BYTES);
  longer.set(frame);
  longer[4]! |= CHECKSUM_BIT;
  new DataView(longer.buffer).setUint32(frame.length, checksum, true);
  return longer;
}
