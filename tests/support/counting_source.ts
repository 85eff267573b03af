/**
 * A source that answers later, as a server does, and counts what it is asked for.
 * @module
 */

import type { BlockSource } from "../../ext4/reader/bytes/block_source.ts";

/** A source with counters. */
export interface CountingSource extends BlockSource {
  countReads: number;
  countBytes: number;
}

/** Serves bytes; every read is a promise. */
export function countingSource(inner: BlockSource): CountingSource {
  return {
    sizeBytes: inner.sizeBytes,
    countReads: 0,
    countBytes: 0,
    async read(offsetBytes, into) {
      this.countReads++;
      this.countBytes += into.length;
      await Promise.resolve();
      await inner.read(offsetBytes, into);
    },
  };
}
