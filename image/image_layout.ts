/**
 * What lies where in an image.
 * @module
 */

import type { InodeNumber } from "../ext4/numbers.ts";
import type { Stretch } from "../ext4/reader/metadata/stretches.ts";
import type { Zone } from "../ext4/reader/zones.ts";

/** The places in an image. */
export interface ImageLayout {
  /** What belongs to the file system itself, and the record; in no order that means anything. */
  readonly zones: readonly Zone[];
  /**
   * Where the contents of a file or a folder lie, in their order; empty where they lie in the inode.
   *
   * @returns A promise only where the source gave one.
   * @throws CorruptImageError
   */
  stretchesOf(inode: InodeNumber): readonly Stretch[] | Promise<readonly Stretch[]>;
}
