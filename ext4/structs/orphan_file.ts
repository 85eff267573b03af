/**
 * A block of the orphan file: numbers of inodes, 0 where there are fewer, and a tail.
 *
 * Source: kernel Documentation/filesystems/ext4/orphan.rst.
 * @module
 */

import { struct, u32 } from "../struct.ts";

/** `ob_magic`. */
export const ORPHAN_BLOCK_MAGIC = 0x0b10_ca04;

/** The last 8 bytes of each block. */
export const ORPHAN_BLOCK_TAIL = struct("ext4_orphan_block_tail", 8, {
  ob_magic: u32(0x0),
  /** CRC-32C over the block's number, as 64 bits, and the bytes before the tail. */
  ob_checksum: u32(0x4),
});
