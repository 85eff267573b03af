/**
 * The checksums of the journal: version 2 and 3 (CRC-32C, block by block), and version 1 (CRC-32
 * over a transaction).
 *
 * Source: kernel fs/jbd2/recovery.c, fs/jbd2/journal.c.
 * @module
 */

import { crc32c, CRC32C_SEED } from "../../crc32c.ts";
import { COMMIT_HEADER, JOURNAL_SUPERBLOCK } from "../../structs/journal.ts";
import { u32BigEndianAt } from "../little_endian.ts";

const ZEROS = new Uint8Array(4);
const CRC32_TABLE = makeCrc32Table();

/** First value of all chains of version 2 and 3. */
export function journalSeed(uuid: Uint8Array): number {
  return crc32c(CRC32C_SEED, uuid);
}

/** Whether the checksum at the end of a descriptor or revoke block fits. */
export function tailFits(seed: number, block: Uint8Array): boolean {
  return fitsAt(seed, block, block.length - 4);
}

/** Whether the checksum of a commit block fits. */
export function commitFits(seed: number, block: Uint8Array): boolean {
  return fitsAt(seed, block, COMMIT_HEADER.offsets.h_chksum);
}

/** Whether the checksum of the journal's superblock fits. */
export function journalSuperblockFits(bytes: Uint8Array): boolean {
  return fitsAt(CRC32C_SEED, bytes, JOURNAL_SUPERBLOCK.offsets.s_checksum);
}

/** The checksum of a data block of a transaction; version 2 keeps its low half only. */
export function dataChecksum(seed: number, sequence: number, block: Uint8Array): number {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, sequence);
  return crc32c(crc32c(seed, number), block);
}

/** CRC-32, most significant bit first, for version 1; chained like the others. */
export function crc32BigEndian(seed: number, bytes: Uint8Array): number {
  let crc = seed;
  for (const byte of bytes) crc = (crc << 8) ^ CRC32_TABLE[((crc >>> 24) ^ byte) & 0xff]!;
  return crc >>> 0;
}

function fitsAt(seed: number, block: Uint8Array, at: number): boolean {
  const head = crc32c(crc32c(seed, block, 0, at), ZEROS);
  return crc32c(head, block, at + 4) === u32BigEndianAt(block, at);
}

function makeCrc32Table(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
    return crc;
  });
}
