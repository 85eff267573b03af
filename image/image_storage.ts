/**
 * Where an image and the contents of its files lie, for those who clone blocks instead of copying.
 * @module
 */

import type { InodeNumber } from "../ext4/numbers.ts";
import type { StoredFile } from "../ext4/reader/metadata/stored_file.ts";
import type { Descriptor } from "../host/libc/files.ts";

/** The storage of one image. */
export interface ImageStorage {
  /** The image, open for reading; `undefined` where it is not a regular file of this machine. */
  readonly file: Descriptor | undefined;
  /** Whether files of it may lie in the blocks of others. */
  readonly sharesBlocks: boolean;
  /** Where the contents of a file lie; `undefined` for what lies in no blocks. */
  placeOf(inode: InodeNumber): (StoredFile | undefined) | Promise<StoredFile | undefined>;
}
