/**
 * CRC-16 (polynomial 0x8005, reflected), which `uninit_bg` puts on group descriptors.
 * Source: kernel lib/crc16.c, fs/ext4/super.c `ext4_group_desc_csum`.
 * @module
 */

/** The seed of every chain: all ones. */
export const CRC16_SEED = 0xffff;

const TABLE = makeTable();

/** The checksum of `bytes[start, end)`, continued from `seed`; 16 bits. */
export function crc16(
  seed: number,
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): number {
  let crc = seed;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return crc;
}

function makeTable(): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) !== 0 ? 0xa001 : 0);
    return crc;
  });
}
