/**
 * An image as it would be after a replay of its journal.
 * @module
 */

import { JOURNAL_MAGIC } from "../../structs/journal.ts";
import type { BlockSource } from "../bytes/block_source.ts";
import { type Reading, settle } from "../reading.ts";
import type { JournalLog } from "./log.ts";
import type { LoggedBlock } from "./replay.ts";

/**
 * Lays the blocks of the log over a source.
 * @param logged the newest copy of each block, by its number
 */
export function overlaySource(
  source: BlockSource,
  blockSizeBytes: number,
  log: JournalLog,
  logged: ReadonlyMap<number, LoggedBlock>,
): BlockSource {
  function* readPatched(offsetBytes: number, into: Uint8Array): Reading<void> {
    const wait = source.read(offsetBytes, into);
    if (wait !== undefined) yield wait;
    const first = Math.floor(offsetBytes / blockSizeBytes);
    const end = Math.ceil((offsetBytes + into.length) / blockSizeBytes);
    for (let block = first; block < end; block++) {
      const copy = logged.get(block);
      if (copy === undefined) continue;
      const bytes = plainBytes(yield* log.block(copy.index), copy.isEscaped);
      const start = Math.max(block * blockSizeBytes, offsetBytes);
      const stop = Math.min((block + 1) * blockSizeBytes, offsetBytes + into.length);
      const from = start - block * blockSizeBytes;
      into.set(bytes.subarray(from, from + stop - start), start - offsetBytes);
    }
  }
  return {
    sizeBytes: source.sizeBytes,
    read: (offsetBytes, into) => settle(readPatched(offsetBytes, into)),
  };
}

function plainBytes(bytes: Uint8Array, isEscaped: boolean): Uint8Array {
  if (!isEscaped) return bytes;
  const plain = bytes.slice();
  new DataView(plain.buffer).setUint32(0, JOURNAL_MAGIC);
  return plain;
}
