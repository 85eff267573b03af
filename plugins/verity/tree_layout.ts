/**
 * Where the blocks of a dm-verity hash tree lie.
 * @module
 */

/** The size of the tree's blocks and of its header: the defaults of `veritysetup`. */
export const HASH_BLOCK_BYTES = 4096;
/** SHA-256. */
export const DIGEST_BYTES = 32;
const DIGESTS_A_BLOCK = HASH_BLOCK_BYTES / DIGEST_BYTES;
/** The kernel takes no larger data blocks than its pages. */
const MOST_DATA_BLOCK_BYTES = 4096;
const LEAST_DATA_BLOCK_BYTES = 512;

/** A tree: level 0 has the digests of the data, the last level is one block. */
export interface TreeLayout {
  readonly dataBlockBytes: number;
  readonly countDataBlocks: number;
  /** Where each level begins in the hash file, in bytes; the last level lies first. */
  readonly levelOffsets: readonly number[];
  /** Of the hash file. */
  readonly sizeBytes: number;
}

/**
 * Plans a tree. Data blocks are 4096 bytes, which makes the smallest tree; less, where the image is
 * no multiple of that, as one of 1 KiB blocks may be.
 *
 * @throws RangeError when the size is not a multiple of 512 either.
 */
export function treeLayout(imageBytes: number): TreeLayout {
  let dataBlockBytes = MOST_DATA_BLOCK_BYTES;
  while (imageBytes % dataBlockBytes !== 0) dataBlockBytes /= 2;
  if (imageBytes === 0 || dataBlockBytes < LEAST_DATA_BLOCK_BYTES) {
    throw new RangeError(`${imageBytes} bytes are not a whole number of blocks`);
  }
  const countDataBlocks = imageBytes / dataBlockBytes;
  const countsOfBlocks: number[] = [];
  for (let count = countDataBlocks; count > 1;) {
    count = Math.ceil(count / DIGESTS_A_BLOCK);
    countsOfBlocks.push(count);
  }
  const levelOffsets: number[] = [];
  let offset = HASH_BLOCK_BYTES;
  for (let level = countsOfBlocks.length - 1; level >= 0; level--) {
    levelOffsets[level] = offset;
    offset += countsOfBlocks[level]! * HASH_BLOCK_BYTES;
  }
  return { dataBlockBytes, countDataBlocks, levelOffsets, sizeBytes: offset };
}
