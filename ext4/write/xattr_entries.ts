/**
 * Writes attributes: entries upward from the front, values downward from the end.
 * @module
 */

import { crc32c } from "../crc32c.ts";
import type { StoredXattr } from "../plan/xattr_placement.ts";
import type { XattrPlan } from "../plan/xattr_plan.ts";
import { XATTR_ENTRY, xattrEntrySizeBytes } from "../structs/xattr.ts";
import { xattrEntryHash, xattrInodeEntryHash } from "../xattr_hash.ts";

/** Where attributes are written. */
export interface XattrArea {
  readonly bytes: Uint8Array;
  /** Of the first entry. */
  readonly start: number;
  readonly end: number;
  /** What offsets of values count from. */
  readonly base: number;
  /** Whether values within the area are hashed; in inodes they are not. */
  readonly hashed: boolean;
}

/**
 * Writes entries and values into an area of zeros.
 * @param seed of the image
 * @returns the `e_hash` of each entry
 */
export function writeXattrs(
  area: XattrArea,
  list: readonly StoredXattr[],
  xattrs: XattrPlan,
  seed: number,
): number[] {
  const { bytes, base } = area;
  let entryAt = area.start;
  let valueAt = area.end;
  return list.map((one) => {
    const { index, suffix, value, external } = one;
    let hash = 0;
    if (external) hash = xattrInodeEntryHash(suffix, crc32c(seed, value));
    else if (area.hashed) hash = xattrEntryHash(suffix, value);
    if (!external && value.length > 0) {
      valueAt -= (value.length + 3) & ~3;
      bytes.set(value, valueAt);
    }
    XATTR_ENTRY.encodeInto(bytes, entryAt, {
      e_name_len: suffix.length,
      e_name_index: index,
      e_value_offs: external || value.length === 0 ? 0 : valueAt - base,
      e_value_inum: external ? xattrs.valueInodeOf(one).number : 0,
      e_value_size: value.length,
      e_hash: hash,
    });
    bytes.set(suffix, entryAt + XATTR_ENTRY.sizeBytes);
    entryAt += xattrEntrySizeBytes(suffix.length);
    return hash;
  });
}
