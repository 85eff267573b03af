/**
 * CRC-32C (Castagnoli) as ext4 uses it: raw, without inversion at either end.
 *
 * A checksum over several pieces is chained by passing one result as the next seed; the first seed
 * is `CRC32C_SEED`. Eight bytes a step ("slicing by 8").
 * Source: kernel lib/crc, Documentation/filesystems/ext4/checksums.rst.
 * @module
 */

/** The seed of every chain: all ones. */
export const CRC32C_SEED = 0xffff_ffff;

const POLYNOMIAL = 0x82f6_3b78;

const TABLES = makeTables();
const T0 = TABLES[0]!, T1 = TABLES[1]!, T2 = TABLES[2]!, T3 = TABLES[3]!;
const T4 = TABLES[4]!, T5 = TABLES[5]!, T6 = TABLES[6]!, T7 = TABLES[7]!;

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
  let crc = seed | 0;
  let i = start;
  for (const whole = end - 7; i < whole; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = T7[crc & 0xff]! ^ T6[(crc >>> 8) & 0xff]! ^ T5[(crc >>> 16) & 0xff]! ^ T4[crc >>> 24]! ^
      T3[bytes[i + 4]!]! ^ T2[bytes[i + 5]!]! ^ T1[bytes[i + 6]!]! ^ T0[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ T0[(crc ^ bytes[i]!) & 0xff]!;
  return crc >>> 0;
}

/** The checksum of a little-endian 32-bit value, continued from `seed`. */
export function crc32cU32(seed: number, value: number): number {
  const crc = seed ^ value;
  return (T3[crc & 0xff]! ^ T2[(crc >>> 8) & 0xff]! ^ T1[(crc >>> 16) & 0xff]! ^
    T0[crc >>> 24]!) >>>
    0;
}

function makeTables(): Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) !== 0 ? POLYNOMIAL : 0);
    tables[0]![byte] = crc;
  }
  for (let slice = 1; slice < 8; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const crc = tables[slice - 1]![byte]!;
      tables[slice]![byte] = (crc >>> 8) ^ tables[0]![crc & 0xff]!;
    }
  }
  return tables;
}
