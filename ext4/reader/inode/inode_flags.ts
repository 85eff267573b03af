/**
 * Flags of an inode that contradict each other: where its contents lie would be a guess.
 *
 * Source: kernel fs/ext4/inode.c `ext4_iget`, inline.c, verity.c, crypto.c; e2fsprogs
 * e2fsck/pass1.c, `e2fsck_pass1_check_device_inode`.
 * @module
 */

import type { InodeNumber } from "../../numbers.ts";
import { FILE_TYPE, fileTypeOfMode } from "../../structs/directory.ts";
import { INODE_FLAGS } from "../../structs/inode.ts";
import { S_IFDIR, S_IFMT, S_IFREG } from "../../tree.ts";
import { corrupt, hex } from "../corrupt.ts";
import { type Geometry, hasIncompat } from "../layout/geometry.ts";

type Flag = keyof typeof INODE_FLAGS;

/**
 * Inline contents are neither in blocks, nor indexed, encrypted or sealed: the kernel moves them
 * into blocks before. The value of an attribute is neither.
 */
const NEVER_TOGETHER: readonly (readonly [Flag, Flag])[] = [
  ["inline_data", "extents"],
  ["inline_data", "index"],
  ["inline_data", "encrypt"],
  ["inline_data", "verity"],
  ["inline_data", "ea_inode"],
  ["ea_inode", "index"],
  ["ea_inode", "encrypt"],
  ["ea_inode", "verity"],
  ["ea_inode", "casefold"],
  ["verity", "index"],
  ["verity", "casefold"],
];

/** What is neither file, folder nor symbolic link has no contents: `i_block` holds a device. */
const OF_CONTENTS: readonly Flag[] = [
  "inline_data",
  "extents",
  "index",
  "verity",
  "ea_inode",
  "encrypt",
  "casefold",
];

const CONTENTS_BITS = OF_CONTENTS.reduce((bits, flag) => bits | INODE_FLAGS[flag], 0);

const WITH_CONTENTS: readonly number[] = [
  FILE_TYPE.regular,
  FILE_TYPE.directory,
  FILE_TYPE.symlink,
];

/** @throws CorruptImageError `inode-flag` when the flags of an inode in use contradict each other */
export function requireConsistentFlags(
  geometry: Geometry,
  inode: InodeNumber,
  mode: number,
  flags: number,
): void {
  // Most files have one flag of these and are files: said at once, as there are many inodes.
  const ofContents = flags & CONTENTS_BITS;
  if (ofContents === 0) return;
  const isAlone = (ofContents & (ofContents - 1)) === 0 && ofContents !== INODE_FLAGS.inline_data;
  if (isAlone && ((mode & S_IFMT) === S_IFREG || (mode & S_IFMT) === S_IFDIR)) return;
  const has = (flag: Flag) => (flags & INODE_FLAGS[flag]) !== 0;
  const bad = (why: string) =>
    corrupt("inode-flag", "ext4_inode", why, { inode, i_flags: hex(flags) });
  const pair = NEVER_TOGETHER.find((flags) => flags.every(has));
  if (pair !== undefined) throw bad(`its flags ${pair.join(" and ")} contradict each other`);
  if (has("inline_data") && !hasIncompat(geometry, "inline_data")) {
    throw bad("it has the flag inline_data, and the image not the feature");
  }
  const type = fileTypeOfMode(mode);
  if (type === FILE_TYPE.unknown || WITH_CONTENTS.includes(type)) return;
  const flag = OF_CONTENTS.find(has);
  if (flag !== undefined) throw bad(`what has no contents has the flag ${flag}`);
}
