/**
 * Where the bytes of an image come from: a file, a block device, a server, memory.
 * @module
 */

/**
 * A port the reader draws bytes from.
 *
 * A local source answers at once (returns nothing); a remote one returns a promise. The reader
 * pays for a promise only where it gets one.
 */
export interface BlockSource {
  /** Size of the image in bytes; it must not change while the image is open. */
  readonly sizeBytes: number;
  /**
   * Fills all of `into` with the bytes from `offsetBytes` on.
   * The reader never asks for bytes past `sizeBytes`. Several reads may be under way at once.
   */
  read(offsetBytes: number, into: Uint8Array): Promise<void> | void;
}

/** An image that lies in memory. */
export function bytesSource(bytes: Uint8Array): BlockSource {
  return {
    sizeBytes: bytes.length,
    read(offsetBytes, into) {
      into.set(bytes.subarray(offsetBytes, offsetBytes + into.length));
    },
  };
}
