/**
 * Bytes of a source as they are, past the cache.
 * @module
 */

import type { Reading } from "../reading.ts";
import type { BlockSource } from "./block_source.ts";

/** Zeros stand for what lies behind the end. */
export function* readBytes(
  source: BlockSource,
  offset: number,
  sizeBytes: number,
): Reading<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  const there = Math.max(0, Math.min(sizeBytes, source.sizeBytes - offset));
  const wait = there === 0 ? undefined : source.read(offset, bytes.subarray(0, there));
  if (wait !== undefined) yield wait;
  return bytes;
}
