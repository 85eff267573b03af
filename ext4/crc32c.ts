/**
 * CRC-32C (Castagnoli) as ext4 uses it: raw, without inversion at either end.
 *
 * A checksum over several pieces is chained by passing one result as the next seed; the first seed
 * is `CRC32C_SEED`. Sixteen bytes a step ("slicing by 16"); of what is long, read as words, which is
 * faster than reading bytes; both machines that icecore runs on are little-endian.
 * Source: kernel lib/crc, Documentation/filesystems/ext4/checksums.rst.
 * @module
 */

/** The seed of every chain: all ones. */
export const CRC32C_SEED = 0xffff_ffff;

const POLYNOMIAL = 0x82f6_3b78;
const STEP_BYTES = 16;
const WORD_BYTES = 4;
/** Below this, words are not worth their view: making it takes as long as reading these bytes. */
const FEW_BYTES = 192;

/** Table `s` at `256 * s`: what a byte does to the checksum `s` bytes later. One array is faster. */
const TABLE = makeTable();

/**
 * The checksum of `bytes[start, end)`, continued from `seed`.
 * @returns 0 to 2^32 - 1
 */
export function crc32c(
  seed: number,
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): number {
  // A length that a broken image claims may lead behind the bytes: then the checksum is wrong.
  const there = Math.min(end, bytes.length);
  if (there - start < FEW_BYTES) {
    const behind = end - (end - start) % STEP_BYTES;
    return crcOfBytes(crcOfSteps(seed, bytes, start, behind), bytes, behind, end) >>> 0;
  }
  const aligned = start + (-(bytes.byteOffset + start) & 3);
  const countWords = 4 * Math.floor((there - aligned) / STEP_BYTES);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, countWords);
  const crc = crcOfWords(crcOfBytes(seed, bytes, start, aligned), words, 0, countWords);
  return crcOfBytes(crc, bytes, aligned + WORD_BYTES * countWords, end) >>> 0;
}

/**
 * The same of words, of which those who look at many small structs make one view for all of them.
 * @param start,end words, a multiple of 4 apart
 */
export function crc32cWords(seed: number, words: Int32Array, start: number, end: number): number {
  return crcOfWords(seed, words, start, end) >>> 0;
}

/** The checksum of a little-endian 32-bit value, continued from `seed`. */
export function crc32cU32(seed: number, value: number): number {
  const crc = seed ^ value;
  return (TABLE[768 + (crc & 0xff)]! ^ TABLE[512 + ((crc >>> 8) & 0xff)]! ^
    TABLE[256 + ((crc >>> 16) & 0xff)]! ^ TABLE[crc >>> 24]!) >>> 0;
}

function crcOfBytes(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let crc = seed | 0;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return crc;
}

/** Of `bytes[start, end)`, a multiple of 16 bytes. */
function crcOfSteps(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let crc = seed | 0;
  for (let i = start; i < end; i += STEP_BYTES) {
    crc = TABLE[3840 + ((crc ^ bytes[i]!) & 0xff)]! ^
      TABLE[3584 + (((crc >>> 8) ^ bytes[i + 1]!) & 0xff)]! ^
      TABLE[3328 + (((crc >>> 16) ^ bytes[i + 2]!) & 0xff)]! ^
      TABLE[3072 + ((crc >>> 24) ^ bytes[i + 3]!)]! ^
      TABLE[2816 + bytes[i + 4]!]! ^ TABLE[2560 + bytes[i + 5]!]! ^
      TABLE[2304 + bytes[i + 6]!]! ^ TABLE[2048 + bytes[i + 7]!]! ^
      TABLE[1792 + bytes[i + 8]!]! ^ TABLE[1536 + bytes[i + 9]!]! ^
      TABLE[1280 + bytes[i + 10]!]! ^ TABLE[1024 + bytes[i + 11]!]! ^
      TABLE[768 + bytes[i + 12]!]! ^ TABLE[512 + bytes[i + 13]!]! ^
      TABLE[256 + bytes[i + 14]!]! ^ TABLE[bytes[i + 15]!]!;
  }
  return crc;
}

/** Of the words `[from, to)`, a multiple of 4. */
function crcOfWords(seed: number, words: Int32Array, from: number, to: number): number {
  let crc = seed | 0;
  for (let i = from; i < to; i += 4) {
    const a = crc ^ words[i]!;
    const b = words[i + 1]!;
    const c = words[i + 2]!;
    const d = words[i + 3]!;
    crc = TABLE[3840 + (a & 0xff)]! ^ TABLE[3584 + ((a >>> 8) & 0xff)]! ^
      TABLE[3328 + ((a >>> 16) & 0xff)]! ^ TABLE[3072 + (a >>> 24)]! ^
      TABLE[2816 + (b & 0xff)]! ^ TABLE[2560 + ((b >>> 8) & 0xff)]! ^
      TABLE[2304 + ((b >>> 16) & 0xff)]! ^ TABLE[2048 + (b >>> 24)]! ^
      TABLE[1792 + (c & 0xff)]! ^ TABLE[1536 + ((c >>> 8) & 0xff)]! ^
      TABLE[1280 + ((c >>> 16) & 0xff)]! ^ TABLE[1024 + (c >>> 24)]! ^
      TABLE[768 + (d & 0xff)]! ^ TABLE[512 + ((d >>> 8) & 0xff)]! ^
      TABLE[256 + ((d >>> 16) & 0xff)]! ^ TABLE[d >>> 24]!;
  }
  return crc;
}

function makeTable(): Int32Array {
  const table = new Int32Array(STEP_BYTES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) !== 0 ? POLYNOMIAL : 0);
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const crc = table[i - 256]!;
    table[i] = (crc >>> 8) ^ table[crc & 0xff]!;
  }
  return table;
}
