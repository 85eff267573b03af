/**
 * Contents that lie within the inode: the first 60 bytes in `i_block`, the rest in an attribute.
 *
 * Source: kernel Documentation/filesystems/ext4/inlinedata.rst.
 * @module
 */

import { I_BLOCK_SIZE_BYTES } from "../../structs/inode.ts";
import { blockField, type Inode } from "../inode/inode.ts";
import { inodeXattrEntries } from "../inode/xattr_sets.ts";

/** `e_name_index` of `system.data`. */
const SYSTEM_DATA_INDEX = 7;
const DATA = [0x64, 0x61, 0x74, 0x61];

/** Both parts of inline contents, copied. */
export interface InlineParts {
  /** 60 bytes. */
  readonly field: Uint8Array;
  /** The value of `system.data`; empty when all fits into the field. */
  readonly rest: Uint8Array;
  /** Whether there is such an attribute, as there has to be even where it is empty. */
  readonly hasAttribute: boolean;
}

/** The two parts, whatever `i_size` says. */
export function inlineParts(inode: Inode): InlineParts {
  const entry = inodeXattrEntries(inode).find(({ index, suffix }) =>
    index === SYSTEM_DATA_INDEX && suffix.length === DATA.length &&
    DATA.every((byte, i) => suffix[i] === byte)
  );
  return {
    field: blockField(inode).slice(),
    rest: entry?.value.slice() ?? new Uint8Array(),
    hasAttribute: entry !== undefined,
  };
}

/**
 * The inline contents of a file or symbolic link.
 * @returns at most `i_size` bytes. A larger `i_size` is not an error to the kernel (`mkfs.ext4 -d` of
 * e2fsprogs 1.47.0 writes such inodes for files that are all hole): what follows reads as zeros.
 */
export function inlineContents(inode: Inode): Uint8Array {
  const { field, rest } = inlineParts(inode);
  const contents = new Uint8Array(I_BLOCK_SIZE_BYTES + rest.length);
  contents.set(field);
  contents.set(rest, I_BLOCK_SIZE_BYTES);
  return contents.subarray(0, inode.sizeBytes);
}
