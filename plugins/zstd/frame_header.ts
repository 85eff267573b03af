/**
 * The head of a zstd frame, by which its reader knows how much it unpacks to.
 *
 * Format: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
 * @module
 */

const MAGIC = 0xfd2fb528;
/** Bytes of a dictionary's number, by two bits of the descriptor. */
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
/** Bytes of the size, by two bits of the descriptor; with the first, none unless it is one segment. */
const SIZE_BYTES = [0, 2, 4, 8] as const;
/** A size of two bytes begins to count here. */
const TWO_BYTES_FROM = 256;

/** What the head of a frame says. */
export interface FrameHeader {
  /** What it unpacks to; absent where the frame does not say. */
  readonly plainBytes: number | undefined;
  /** Whether a checksum of that is at its end. */
  readonly hasChecksum: boolean;
}

/** Reads the head of a frame. @returns `undefined` where no frame begins. */
export function readFrameHeader(frame: Uint8Array): FrameHeader | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 5 || view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = view.getUint8(4);
  const isOneSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && isOneSegment ? 1 : SIZE_BYTES[sizeFlag as 0 | 1 | 2 | 3];
  const at = 5 + (isOneSegment ? 0 : 1) + DICTIONARY_ID_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3];
  if (frame.length < at + sizeBytes) return undefined;
  const hasChecksum = (descriptor & 4) !== 0;
  return { plainBytes: sizeAt(view, at, sizeBytes), hasChecksum };
}

function sizeAt(view: DataView, at: number, sizeBytes: number): number | undefined {
  if (sizeBytes === 0) return undefined;
  if (sizeBytes === 1) return view.getUint8(at);
  if (sizeBytes === 2) return view.getUint16(at, true) + TWO_BYTES_FROM;
  return sizeBytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
