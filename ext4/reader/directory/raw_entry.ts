/**
 * One name of a folder, as it is stored.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";

/** One name of a folder. It refers to its name, as views are larger than most names. */
export class RawEntry {
  /**
   * @param bytes where the name lies; not to be changed any more
   * @param fileType `file_type`; 0 where the image does not record it
   */
  constructor(
    readonly bytes: Uint8Array,
    readonly nameAt: number,
    readonly nameLength: number,
    readonly inode: InodeNumber,
    readonly fileType: number,
  ) {}

  /** A view of the name. */
  get name(): Uint8Array {
    return this.bytes.subarray(this.nameAt, this.nameAt + this.nameLength);
  }
}
