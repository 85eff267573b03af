/**
 * Where the data of a file with holes lies.
 * @module
 */

import { type Descriptor, seek } from "../../host/libc/files.ts";

/**
 * The data of an open file as pairs `[start, end)` in bytes.
 *
 * @returns `undefined` when it has no holes; an empty array when it is all hole.
 * @throws SystemError when the file system cannot tell.
 */
export function dataRangesOf(file: Descriptor, sizeBytes: number): Float64Array | undefined {
  const bounds: number[] = [];
  for (let offset = 0; offset < sizeBytes;) {
    const start = seek(file, offset, "data");
    if (start < 0 || start >= sizeBytes) break;
    const end = Math.min(seek(file, start, "hole"), sizeBytes);
    bounds.push(start, end);
    offset = end;
  }
  if (bounds.length === 2 && bounds[0] === 0 && bounds[1] === sizeBytes) return undefined;
  return Float64Array.from(bounds);
}
