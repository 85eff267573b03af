/**
 * How large each part of a multipart upload is.
 *
 * A store takes 10,000 parts at most, each of 5 MiB to 5 GiB, and 5 TiB in all:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 * @module
 */

/** What every store takes. */
export const LEAST_PART_BYTES = 5 * 2 ** 20;
export const MOST_PART_BYTES = 5 * 2 ** 30;
const MOST_PARTS = 10_000;
/** After so many parts they grow, where the size is not known. */
const PARTS_OF_A_SIZE = 1000;
const MIB = 2 ** 20;

/**
 * The sizes of parts: all alike where the size of all is known, else growing. With parts of 8 MiB
 * the first 8 GB go in parts of 8 MiB, and there is room for 3 TB.
 *
 * @param partBytes The smallest.
 * @param sizeBytes Of all parts, where it is known.
 * @returns The size of a part by its number, from 1 on.
 */
export function partSizes(partBytes: number, sizeBytes?: number): (number: number) => number {
  if (sizeBytes !== undefined) {
    const least = Math.ceil(sizeBytes / MOST_PARTS / MIB) * MIB;
    return () => Math.max(partBytes, least);
  }
  return (number) => {
    const step = 1 + Math.floor((number - 1) / PARTS_OF_A_SIZE);
    return Math.min(partBytes * step * step, MOST_PART_BYTES);
  };
}
