/**
 * Files with holes in a pax archive: GNU's sparse format 1.0.
 *
 * The contents begin with a map in decimal lines (number of runs, then offset and length of each),
 * filled up to a block; then come the runs, back to back.
 * Source: GNU tar manual, "Storing Sparse Files", PAX format version 1.0.
 * @module
 */

import type { ByteRange } from "../../../ext4/reader/image_file.ts";
import { joinBytes } from "../../../host/libc/paths.ts";
import { paddingBytes, type PaxRecord, textRecord } from "./header.ts";

const encoder = new TextEncoder();

/** How a file with holes is stored. */
export interface SparseMember {
  /** The name in the header; the real one is in a record. */
  readonly name: Uint8Array;
  readonly records: readonly PaxRecord[];
  /** What comes before the data. */
  readonly map: Uint8Array;
  /** Of map and data. */
  readonly storedBytes: number;
}

/** @param ranges Ascending, within the file's size. */
export function sparseMember(
  name: Uint8Array,
  sizeBytes: number,
  ranges: readonly ByteRange[],
): SparseMember {
  const runs = ranges.map(({ startBytes, endBytes }) => [startBytes, endBytes - startBytes]);
  // The last run ends where the file ends, or its size would not be known to all readers.
  if ((ranges.at(-1)?.endBytes ?? 0) < sizeBytes) runs.push([sizeBytes, 0]);
  const text = `${[runs.length, ...runs.flat()].join("\n")}\n`;
  const map = new Uint8Array(text.length + paddingBytes(text.length));
  encoder.encodeInto(text, map);
  const dataBytes = runs.reduce((sum, run) => sum + run[1]!, 0);
  return {
    name: sparseName(name),
    records: [
      textRecord("GNU.sparse.major", "1"),
      textRecord("GNU.sparse.minor", "0"),
      { keyword: encoder.encode("GNU.sparse.name"), value: name },
      textRecord("GNU.sparse.realsize", String(sizeBytes)),
    ],
    map,
    storedBytes: map.length + dataBytes,
  };
}

/** `a/b` becomes `a/GNUSparseFile.0/b`, as GNU tar names it for readers that know no holes. */
function sparseName(name: Uint8Array): Uint8Array {
  const slash = name.lastIndexOf(0x2f);
  const folder = joinBytes(name.subarray(0, Math.max(slash, 0)), encoder.encode("GNUSparseFile.0"));
  return joinBytes(folder, name.subarray(slash + 1));
}
