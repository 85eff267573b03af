/**
 * `mmp_struct`: the block by which hosts agree on who has the image mounted.
 *
 * Source: kernel Documentation/filesystems/ext4/mmp.rst.
 * @module
 */

import { struct, u32 } from "../struct.ts";

/** `mmp_magic`. */
export const MMP_MAGIC = 0x004d_4d50;

/** `mmp_seq` up to which it counts for a host that has the image mounted. */
export const MMP_SEQ_MAX = 0xe24d_4d4f;
/** `mmp_seq`: nobody has it mounted. */
export const MMP_SEQ_CLEAN = 0xff4d_4d50;

/** The fields that do not depend on who wrote them last. */
export const MMP = struct("mmp_struct", 1024, {
  mmp_magic: u32(0x0),
  mmp_seq: u32(0x4),
  /** CRC-32C of all bytes before it. */
  mmp_checksum: u32(0x3fc),
});
