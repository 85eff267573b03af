/**
 * Fields of an inode in use that contradict each other, or the features of the image.
 *
 * Source: e2fsprogs e2fsck/pass1.c.
 * @module
 */

import { type Geometry, hasCompat, hasIncompat, hasRoCompat } from "../reader/geometry.ts";
import { hasFlag, type Inode } from "../reader/inode.ts";
import { u16At, u32At } from "../reader/little_endian.ts";
import { INODE, type INODE_FLAGS } from "../structs/inode.ts";
import type { CheckState } from "./check_state.ts";

const STRUCTURE = "ext4_inode";
const AT = INODE.offsets;
/** `s_creator_os`; others give some fields another meaning. */
const LINUX = 0;

/** Fields that are zero, but under a condition. */
const ZERO_FIELDS: readonly {
  readonly field: keyof typeof AT;
  readonly bits: 16 | 32;
  mayBeUsed(geometry: Geometry): boolean;
}[] = [
  // Of files that are being cut while the image is not unmounted, it leads to the next of them.
  { field: "i_dtime", bits: 32, mayBeUsed: ({ raw }) => raw.s_last_orphan !== 0 },
  { field: "i_obso_faddr", bits: 32, mayBeUsed: () => false },
  {
    field: "i_file_acl_lo",
    bits: 32,
    mayBeUsed: (geometry) => hasCompat(geometry, "ext_attr"),
  },
  { field: "l_i_file_acl_high", bits: 16, mayBeUsed: ({ wide }) => wide },
  {
    field: "l_i_blocks_high",
    bits: 16,
    mayBeUsed: (geometry) => hasRoCompat(geometry, "huge_file"),
  },
];

/** Flags that need a feature. */
const FLAG_FEATURES: readonly {
  readonly flag: keyof typeof INODE_FLAGS;
  isAllowed(geometry: Geometry): boolean;
}[] = [
  { flag: "extents", isAllowed: (geometry) => hasIncompat(geometry, "extent") },
  { flag: "inline_data", isAllowed: (geometry) => hasIncompat(geometry, "inline_data") },
  { flag: "index", isAllowed: (geometry) => hasCompat(geometry, "dir_index") },
];

/** Reports each field that is not as it must be. */
export function checkInodeFields({ volume, findings }: CheckState, inode: Inode): void {
  const { geometry } = volume;
  if (geometry.raw.s_creator_os !== LINUX) return;
  const { bytes, number } = inode;
  for (const { field, bits, mayBeUsed } of ZERO_FIELDS) {
    const value = bits === 16 ? u16At(bytes, AT[field]) : u32At(bytes, AT[field]);
    if (value === 0 || mayBeUsed(geometry)) continue;
    const fields = { inode: number, [field]: value };
    findings.report("inode-field", STRUCTURE, `${field} is not zero`, fields);
  }
  for (const { flag, isAllowed } of FLAG_FEATURES) {
    if (!hasFlag(inode, flag) || isAllowed(geometry)) continue;
    const why = `it has the flag ${flag}, and the image not the feature`;
    findings.report("inode-flag", STRUCTURE, why, { inode: number });
  }
}
