/**
 * The table of frames at the end of a zstd file in the seekable format.
 *
 * Format: https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md
 * @module
 */

import { CorruptImageError } from "../../../ext4/image_errors.ts";
import type { HostBlockSource } from "../../../host/block_source/block_source.ts";

const SKIPPABLE_MAGIC = 0x184d2a5e;
const SEEKABLE_MAGIC = 0x8f92eab1;
const HEAD_BYTES = 8;
const FOOTER_BYTES = 9;
const CHECKSUM_FLAG = 0x80;
/** Bits of which the format says that they are 0. */
const RESERVED_BITS = 0x7c;
/** Room for 8 TiB in frames of 2 MiB. */
const MOST_FRAMES = 1 << 22;
/** A frame is unpacked as a whole: so much memory it may take. */
const MOST_FRAME_BYTES = 128 << 20;
/** What of the end is read at once: most tables fit in. */
const TAIL_BYTES = 64 << 10;

/** Where frames lie in the file, and what they unpack to. */
export interface SeekTable {
  readonly countFrames: number;
  /** What all unpack to. */
  readonly sizeBytes: number;
  /** Where each begins in the file, and behind the last, where it ends. */
  readonly startOf: Float64Array;
  /** The same in what they unpack to. */
  readonly plainStartOf: Float64Array;
  /** The low half of XXH64 of what each unpacks to; missing where the table has none. */
  readonly checksumOf?: Uint32Array;
}

/**
 * Reads the table.
 *
 * @returns `undefined` where the file does not end in one.
 * @throws CorruptImageError `seek-table` where it contradicts itself or the file.
 */
export async function readSeekTable(source: HostBlockSource): Promise<SeekTable | undefined> {
  const tail = await lastBytes(source, TAIL_BYTES);
  if (tail.length < HEAD_BYTES + FOOTER_BYTES) return undefined;
  const footer = new DataView(tail.buffer, tail.length - FOOTER_BYTES);
  if (footer.getUint32(5, true) !== SEEKABLE_MAGIC) return undefined;
  const refuse = (why: string): never => {
    throw badTable(source.shownName, why);
  };
  const countFrames = footer.getUint32(0, true);
  const descriptor = footer.getUint8(4);
  if ((descriptor & RESERVED_BITS) !== 0) refuse("it is of a kind that is not known");
  if (countFrames > MOST_FRAMES) {
    refuse(`it lists ${countFrames} frames, of which ${MOST_FRAMES} are read at most`);
  }
  const hasChecksums = (descriptor & CHECKSUM_FLAG) !== 0;
  const entryBytes = hasChecksums ? 12 : 8;
  const tableBytes = HEAD_BYTES + countFrames * entryBytes + FOOTER_BYTES;
  if (tableBytes > source.sizeBytes) refuse("it is larger than the file");
  const bytes = tableBytes <= tail.length
    ? tail.subarray(tail.length - tableBytes)
    : await lastBytes(source, tableBytes);
  const table = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isFramed = table.getUint32(0, true) === SKIPPABLE_MAGIC &&
    table.getUint32(4, true) === tableBytes - HEAD_BYTES;
  if (!isFramed) refuse("its beginning is not where its end says");
  return listed(table, countFrames, hasChecksums, source.sizeBytes - tableBytes, refuse);
}

function listed(
  table: DataView,
  countFrames: number,
  hasChecksums: boolean,
  framesBytes: number,
  refuse: (why: string) => never,
): SeekTable {
  const startOf = new Float64Array(countFrames + 1);
  const plainStartOf = new Float64Array(countFrames + 1);
  const checksumOf = hasChecksums ? new Uint32Array(countFrames) : undefined;
  let at = HEAD_BYTES;
  for (let frame = 0; frame < countFrames; frame++) {
    const bytes = table.getUint32(at, true);
    const plainBytes = table.getUint32(at + 4, true);
    if (checksumOf !== undefined) checksumOf[frame] = table.getUint32(at + 8, true);
    if (plainBytes > MOST_FRAME_BYTES) {
      refuse(
        `its frame ${frame} has ${plainBytes} bytes, of which a frame has at most ` +
          `${MOST_FRAME_BYTES} to be read in place`,
      );
    }
    if (plainBytes > 0 && bytes > mostCompressedBytes(plainBytes)) {
      refuse(`its frame ${frame} is larger than what it unpacks to could make it`);
    }
    startOf[frame + 1] = startOf[frame]! + bytes;
    plainStartOf[frame + 1] = plainStartOf[frame]! + plainBytes;
    at += hasChecksums ? 12 : 8;
  }
  if (startOf[countFrames] !== framesBytes) {
    refuse(`its frames take ${startOf[countFrames]} bytes, and there are ${framesBytes}`);
  }
  const sizeBytes = plainStartOf[countFrames]!;
  const lists = { countFrames, sizeBytes, startOf, plainStartOf };
  return checksumOf === undefined ? lists : { ...lists, checksumOf };
}

/** What cannot be compressed grows by less than this. */
function mostCompressedBytes(plainBytes: number): number {
  return plainBytes + (plainBytes >> 7) + 1024;
}

async function lastBytes(
  source: HostBlockSource,
  sizeBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.min(sizeBytes, source.sizeBytes));
  await source.read(source.sizeBytes - bytes.length, bytes);
  return bytes;
}

function badTable(shownName: string, why: string): CorruptImageError {
  return new CorruptImageError(
    "seek-table",
    "the seek table",
    `cannot read ${shownName} in place: the table of its compressed frames is not to be trusted: ` +
      `${why}. Unpack it with the program zstd, which does not need the table, or use another copy.`,
  );
}
