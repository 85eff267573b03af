/**
 * Where the data of a file with holes lies, in whole blocks.
 * @module
 */

/**
 * Rounds ranges of bytes outward to blocks and joins those that then touch or overlap.
 * @param ranges pairs `[start, end)` in bytes, ascending
 * @param sizeBytes of the file; ranges are cut there
 * @returns pairs `[start, end)` in file blocks, ascending, not touching
 */
export function blockRanges(
  ranges: Float64Array,
  sizeBytes: number,
  blockSizeBytes: number,
): Float64Array {
  const pairs: number[] = [];
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const start = Math.floor(ranges[i]! / blockSizeBytes);
    const end = Math.ceil(Math.min(ranges[i + 1]!, sizeBytes) / blockSizeBytes);
    if (start >= end) continue;
    if (pairs.length > 0 && start <= pairs.at(-1)!) {
      pairs[pairs.length - 1] = Math.max(end, pairs.at(-1)!);
    } else {
      pairs.push(start, end);
    }
  }
  return Float64Array.from(pairs);
}

/** How many blocks the pairs cover. */
export function countBlocksOf(pairs: Float64Array): number {
  let count = 0;
  for (let i = 0; i + 1 < pairs.length; i += 2) count += pairs[i + 1]! - pairs[i]!;
  return count;
}

/** How many bytes of a file lie in the blocks of the pairs: what is behind its end does not count. */
export function dataBytesOf(
  pairs: Float64Array,
  sizeBytes: number,
  blockSizeBytes: number,
): number {
  if (pairs.length === 0) return 0;
  const behind = Math.max(pairs.at(-1)! * blockSizeBytes - sizeBytes, 0);
  return countBlocksOf(pairs) * blockSizeBytes - behind;
}
