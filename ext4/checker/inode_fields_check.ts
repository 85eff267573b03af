/**
 * Fields of an inode in use that contradict each other, or the features of the image.
 *
 * Source: e2fsprogs e2fsck/pass1.c.
 * @module
 */

import { ROOT_INODE } from "../numbers.ts";
import { hasFlag, type Inode, isType } from "../reader/inode/inode.ts";
import { type Geometry, hasCompat, hasIncompat, hasRoCompat } from "../reader/layout/geometry.ts";
import { u16At, u32At } from "../reader/little_endian.ts";
import { INODE, type INODE_FLAGS } from "../structs/inode.ts";
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFREG, S_IFSOCK } from "../tree.ts";
import type { CheckState } from "./check_state.ts";

const STRUCTURE = "ext4_inode";
const AT = INODE.offsets;
/** `s_creator_os`; others give some fields another meaning. */
const LINUX = 0;
/** Sizes from here on need `large_file`. */
const SMALL_FILE_BYTES = 2 ** 31;
const SPECIAL_TYPES = [S_IFBLK, S_IFCHR, S_IFIFO, S_IFSOCK];

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
  { flag: "imagic", isAllowed: (geometry) => hasCompat(geometry, "imagic_inodes") },
  { flag: "casefold", isAllowed: (geometry) => hasIncompat(geometry, "casefold") },
];

/** Reports each field that is not as it must be. */
export function checkInodeFields({ volume, findings }: CheckState, inode: Inode): void {
  const { geometry } = volume;
  if (geometry.raw.s_creator_os !== LINUX) return;
  const { block, start, number } = inode;
  if (number < geometry.firstInode && number !== ROOT_INODE) {
    checkReserved(findings, geometry, inode);
    return;
  }
  for (const { field, bits, mayBeUsed } of ZERO_FIELDS) {
    const at = start + AT[field];
    const value = bits === 16 ? u16At(block, at) : u32At(block, at);
    if (value === 0 || mayBeUsed(geometry)) continue;
    const fields = { inode: number, [field]: value };
    findings.report("inode-field", STRUCTURE, `${field} is not zero`, fields);
  }
  for (const { flag, isAllowed } of FLAG_FEATURES) {
    if (!hasFlag(inode, flag) || isAllowed(geometry)) continue;
    const why = `it has the flag ${flag}, and the image not the feature`;
    findings.report("inode-flag", STRUCTURE, why, { inode: number });
  }
  for (const flag of ["index", "casefold"] as const) {
    if (!hasFlag(inode, flag) || isType(inode, S_IFDIR)) continue;
    const why = `it has the flag ${flag}, and is not a folder`;
    findings.report("inode-flag", STRUCTURE, why, { inode: number });
  }
  checkSize(findings, geometry, inode);
}

/** Only files, and folders of images with `large_dir`, have more than 32 bits of size. */
function checkSize(findings: CheckState["findings"], geometry: Geometry, inode: Inode): void {
  const i_size_lo = u32At(inode.block, inode.start + AT.i_size_lo);
  const i_size_high = u32At(inode.block, inode.start + AT.i_size_high);
  const report = (why: string) => {
    const fields = { inode: inode.number, i_size_lo, i_size_high };
    findings.report("inode-size", STRUCTURE, why, fields);
  };
  if (SPECIAL_TYPES.some((type) => isType(inode, type))) {
    if (i_size_lo !== 0 || i_size_high !== 0) report("i_size of what has no contents is not zero");
  } else if (isType(inode, S_IFREG)) {
    if (inode.sizeBytes >= SMALL_FILE_BYTES && !hasRoCompat(geometry, "large_file")) {
      report("the file has 2 GiB or more, and the image no large_file");
    }
    if (!hasFlag(inode, "extents") && inode.sizeBytes > mostByPointers(geometry.blockSizeBytes)) {
      report("i_size is more than its block map can hold");
    }
  } else if (i_size_high !== 0 && !(isType(inode, S_IFDIR) && hasIncompat(geometry, "large_dir"))) {
    report("i_size_high is not zero");
  }
}

function mostByPointers(blockSizeBytes: number): number {
  const perBlock = blockSizeBytes / 4;
  return (12 + perBlock + perBlock ** 2 + perBlock ** 3) * blockSizeBytes;
}

/** As far as it counts: an `i_dtime` as low as a number of an inode would lead on to that one as to an orphan. */
function checkReserved(findings: CheckState["findings"], geometry: Geometry, inode: Inode): void {
  if (isType(inode, S_IFREG)) checkSize(findings, geometry, inode);
  const i_dtime = u32At(inode.bytes, AT.i_dtime);
  if (i_dtime === 0 || i_dtime >= geometry.countInodes) return;
  const fields = { inode: inode.number, i_dtime };
  findings.report("inode-field", STRUCTURE, "i_dtime names an inode", fields);
}
