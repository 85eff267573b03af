/**
 * Look-alike numbers of the format as different types, so that one is not passed for another.
 *
 * All are plain numbers at run time. Disk values of 48 and 64 bits stay exact, because nothing
 * here is allowed past 2^53; {@link joinHiLo} checks it.
 * @module
 */

/** A block of the image, from its start: 0 to 2^48 - 1. */
export type BlockNumber = number & { readonly brand: "BlockNumber" };

/** An inode of the image: 1 to 2^32 - 1; 2 is the root folder. */
export type InodeNumber = number & { readonly brand: "InodeNumber" };

/** A block of one file, from its start ("logical block"): 0 to 2^32 - 2. */
export type FileBlock = number & { readonly brand: "FileBlock" };

/** A block group: 0 to 2^32 - 1. */
export type GroupNumber = number & { readonly brand: "GroupNumber" };

/** A block size that icecore writes; the reader also knows larger ones. */
export type BlockSizeBytes = 1024 | 2048 | 4096;

/** The inode that owns the blocks that a disk cannot keep; it has no type. */
export const BAD_BLOCKS_INODE = 1 as InodeNumber;
/** The root folder's inode, in every ext4 image. */
export const ROOT_INODE = 2 as InodeNumber;
/** The inode that the format reserves for a boot loader's data; icecore keeps the record in it. */
export const BOOT_LOADER_INODE = 5 as InodeNumber;
/** The first inode that is not reserved; by custom it is `lost+found`. */
export const FIRST_INODE = 11 as InodeNumber;

/** The low 32 bits of an unsigned number below 2^53. */
export function lowHalf(value: number): number {
  return value >>> 0;
}

/** The bits from 32 up of an unsigned number below 2^53. */
export function highHalf(value: number): number {
  return Math.floor(value / 0x1_0000_0000);
}

/**
 * One number from its two halves.
 * @param high bits from 32 up, 0 to 2^21 - 1
 * @param low bits 0 to 31
 * @throws RangeError when the number would not be exact
 */
export function joinHiLo(high: number, low: number): number {
  const value = high * 0x1_0000_0000 + low;
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`cannot hold ${high}:${low} exactly: it is 2^53 or more.`);
  }
  return value;
}

/** `value` rounded up to a multiple of `step`. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
