/**
 * Files with holes in a pax archive: GNU's sparse format 1.0.
 *
 * The contents begin with a map in decimal lines (number of runs, then offset and length of each),
 * filled up to a block; then come the runs, back to back.
 * Source: GNU tar manual, "Storing Sparse Files", PAX format version 1.0.
 * @module
 */

import type { ByteRange } from "../../ext4/reader/open_file.ts";
import { joinBytes } from "../../host/libc/paths.ts";
import { type Member, paddingBytes, textRecord } from "./header.ts";

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

/** How the contents of a file are stored. */
export interface DataLayout {
  /** With the size that is stored, and for a file with holes another name and records. */
  readonly member: Member;
  /** What comes before the data. */
  readonly map: Uint8Array;
  /** Which bytes of the file follow. */
  readonly ranges: readonly ByteRange[];
}

/** A file that is stored as it is. */
export function wholeLayout(member: Member, sizeBytes: number): DataLayout {
  const ranges = [{ startBytes: 0, endBytes: sizeBytes }];
  return { member: { ...member, sizeBytes }, map: NOTHING, ranges };
}

/** @param data Where data lies, ascending; a last block may end behind the file's size. */
export function sparseLayout(
  member: Member,
  sizeBytes: number,
  data: readonly ByteRange[],
): DataLayout {
  const ranges = data.map(({ startBytes, endBytes }) => ({
    startBytes,
    endBytes: Math.min(endBytes, sizeBytes),
  }));
  const [first] = ranges;
  const isWhole = ranges.length === 1 && first!.startBytes === 0 && first!.endBytes === sizeBytes;
  if (isWhole) return wholeLayout(member, sizeBytes);
  const runs = ranges.map(({ startBytes, endBytes }) => [startBytes, endBytes - startBytes]);
  // The last run ends where the file ends, or its size would not be known to all readers.
  if ((ranges.at(-1)?.endBytes ?? 0) < sizeBytes) runs.push([sizeBytes, 0]);
  const text = `${[runs.length, ...runs.flat()].join("\n")}\n`;
  const map = new Uint8Array(text.length + paddingBytes(text.length));
  encoder.encodeInto(text, map);
  const dataBytes = runs.reduce((sum, run) => sum + run[1]!, 0);
  const records = [
    textRecord("GNU.sparse.major", "1"),
    textRecord("GNU.sparse.minor", "0"),
    { keyword: encoder.encode("GNU.sparse.name"), value: member.name },
    textRecord("GNU.sparse.realsize", String(sizeBytes)),
    ...(member.records ?? []),
  ];
  const name = sparseName(member.name);
  return { member: { ...member, name, sizeBytes: map.length + dataBytes, records }, map, ranges };
}

/** `a/b` becomes `a/GNUSparseFile.0/b`, as GNU tar names it for readers that know no holes. */
function sparseName(name: Uint8Array): Uint8Array {
  const slash = name.lastIndexOf(0x2f);
  const folder = joinBytes(name.subarray(0, Math.max(slash, 0)), encoder.encode("GNUSparseFile.0"));
  return joinBytes(folder, name.subarray(slash + 1));
}
