/**
 * The file that the index of a volume is: a header, folders in order, each with its files behind it,
 * and an end that shows that it is whole.
 *
 *     magic 24 · u32 length, JSON of the volume
 *     folder  01 · metadata 26 · u32 length, path
 *     file    02 · metadata 26 · u8 flags, f64 size · [32 digest] · u16 length, name
 *     end     00 · f64 folders, f64 files · SHA-256 of all before
 *     metadata: u32 mode, u32 uid, u32 gid, f64 seconds, u32 nanoseconds, u16 layer
 *
 * All numbers are little-endian.
 * @module
 */

/** What the file begins with. */
export const INDEX_MAGIC: Uint8Array = new TextEncoder().encode("icecore volume index 1\n\0");

/** What a piece of the file is. */
export const PIECE = { end: 0, folder: 1, file: 2 } as const;

/** Bytes of the metadata, without the piece's first byte. */
export const METADATA_BYTES = 26;

/** What the flags of a file say. */
export const FLAG = { digest: 1, holes: 2 } as const;

/** Bytes of a SHA-256. */
export const DIGEST_BYTES = 32;
