/**
 * A small tree whose image has a structure of every kind that icecore writes.
 * @module
 */

import { device, fifo, file, folder, type Node, symlink } from "./tree_builder.ts";

/** Bytes that are not all the same. */
function noise(length: number, salt: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 + (i >> 7) * 11 + salt) & 0xff);
}

/** A POSIX ACL as system calls give it: owner, one user, group, mask, others. */
const ACL = Uint8Array.of(
  ...[2, 0, 0, 0],
  ...[1, 0, 6, 0, 255, 255, 255, 255],
  ...[2, 0, 4, 0, 210, 4, 0, 0],
  ...[4, 0, 4, 0, 255, 255, 255, 255],
  ...[16, 0, 4, 0, 255, 255, 255, 255],
  ...[32, 0, 4, 0, 255, 255, 255, 255],
);

/**
 * The root folder: an index, extent blocks, links, devices, attributes in all three places.
 * @param sizeBytes of one file of zeros, to have more than one group
 */
export function variedTree(sizeBytes = 9_000_000): Node {
  const shared = { xattrs: { "user.block": noise(400, 1), "user.second": "two" } };
  const hard = file("one inode, two names");
  const many = Array.from(
    { length: 400 },
    (_, i) => [`a-rather-long-name-${i}`, file(`${i}`)] as const,
  );
  const ranges = Array.from({ length: 40 }, (_, i) => [i * 16384, i * 16384 + 4096]).flat();
  return folder({
    "empty": file(),
    "tiny": file("hello", { mode: 0o4711, uid: 70_000, gid: 80_000, mtime: [5_000_000_000, 7] }),
    "zeros": file({ sizeBytes, zeros: true }),
    "scattered": file({ sizeBytes: 40 * 16384, ranges }),
    "many": folder(many),
    "few": folder({ hard, "naïve": file("x"), "empty": folder() }),
    hard,
    "fast": symlink("tiny"),
    "slow": symlink("t".repeat(300)),
    "null": device("character", 1, 3),
    "disk": device("block", 259, 70_000),
    "pipe": fifo(),
    "small-xattr": file("", { xattrs: { "user.a": "b" } }),
    "shared-1": file("1", shared),
    "shared-2": file("2", shared),
    "large-xattr": file("", { xattrs: { "user.large": noise(9_000, 2) } }),
    "acl": file("", { xattrs: { "system.posix_acl_access": ACL } }),
  });
}
