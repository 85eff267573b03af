/**
 * The entries of a set of attributes, in an inode or in a block, verified.
 *
 * Source: kernel fs/ext4/xattr.c `check_xattrs`.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { XATTR_ENTRY, xattrEntrySizeBytes } from "../../structs/xattr.ts";
import { corrupt } from "../corrupt.ts";
import { u32At } from "../little_endian.ts";

/** One entry, its parts still views of the block or inode. */
export interface XattrEntry {
  /** `e_name_index`: stands for the prefix. */
  readonly index: number;
  readonly suffix: Uint8Array;
  readonly sizeBytes: number;
  /** The inode that holds the value, or 0. */
  readonly valueInode: InodeNumber | 0;
  /** The value, where it lies in the same block or inode; else empty. */
  readonly value: Uint8Array;
  readonly hash: number;
}

/** No system call of Linux gives out a longer value. */
const XATTR_VALUE_MAX_BYTES = 65_536;

const STRUCTURE = "ext4_xattr_entry";

/** Where the entries and values of one set lie. */
export interface XattrArea {
  readonly bytes: Uint8Array;
  /** Where the first entry lies. */
  readonly start: number;
  /** What `e_value_offs` counts from. */
  readonly valueBase: number;
  /** For messages. */
  readonly inode: InodeNumber;
}

/**
 * Reads all entries up to the terminator.
 * @throws CorruptImageError when one overruns the area, or values overlap
 */
export function parseXattrEntries(area: XattrArea): XattrEntry[] {
  const { bytes, start, valueBase, inode } = area;
  const bad = (why: string, at: number) =>
    corrupt("xattr-entry", STRUCTURE, why, { inode, offset: at });
  const entries: XattrEntry[] = [];
  const values: (readonly [start: number, end: number])[] = [];
  let at = start;
  while (true) {
    if (at + 4 > bytes.length) throw bad("the entries have no end", at);
    if (u32At(bytes, at) === 0) break;
    if (at + XATTR_ENTRY.sizeBytes > bytes.length) throw bad("it overruns its area", at);
    const raw = XATTR_ENTRY.decode(bytes, at);
    const next = at + xattrEntrySizeBytes(raw.e_name_len);
    if (next > bytes.length) throw bad("its name overruns its area", at);
    const nameAt = at + XATTR_ENTRY.sizeBytes;
    const suffix = bytes.subarray(nameAt, nameAt + raw.e_name_len);
    if (suffix.includes(0)) throw bad("its name has a NUL", at);
    if (raw.e_value_size > XATTR_VALUE_MAX_BYTES) throw bad("its value is longer than any", at);
    const inPlace = raw.e_value_inum === 0 && raw.e_value_size > 0;
    const from = valueBase + raw.e_value_offs;
    const to = from + raw.e_value_size;
    if (inPlace) {
      if (to > bytes.length) throw bad("its value overruns its area", at);
      values.push([from, to]);
    }
    entries.push({
      index: raw.e_name_index,
      suffix,
      sizeBytes: raw.e_value_size,
      valueInode: raw.e_value_inum as InodeNumber | 0,
      value: inPlace ? bytes.subarray(from, to) : bytes.subarray(0, 0),
      hash: raw.e_hash,
    });
    at = next;
  }
  values.sort((a, b) => a[0] - b[0]);
  let free = at + 4;
  for (const [from, to] of values) {
    if (from < free) throw bad("its value overlaps another or the entries", from);
    free = to;
  }
  return entries;
}
