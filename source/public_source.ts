/**
 * Whether everybody may read a source.
 * @module
 */

import { S_IFDIR, S_IFMT, S_IFREG, type Tree } from "../ext4/tree.ts";
import { isReachableByAll } from "../host/files/file_mode.ts";
import { printable } from "../host/libc/paths.ts";

/** Read, for others; and search, for folders. */
const OTHERS_READ = 0o004;
const OTHERS_SEARCH = 0o001;

/**
 * Whether every user could read all that was scanned where it lies: each file, each folder, and the
 * way there. What only some may read by an ACL, or only root, as `trusted.` attributes, is not.
 *
 * @param tops The folders that were named.
 */
export function isPublicSource(tree: Tree, tops: Iterable<string>): boolean {
  const isPublicSet = tree.xattrSets.map((set) =>
    !set.some(({ name }) => /^(trusted\.|system\.posix_acl_access$)/.test(printable(name)))
  );
  for (let inode = 0; inode < tree.countInodes; inode++) {
    const needed = neededBits(tree.mode[inode]!);
    if ((tree.mode[inode]! & needed) !== needed) return false;
    if (!isPublicSet[tree.xattrSet[inode]!]!) return false;
  }
  return [...tops].every(isReachableByAll);
}

function neededBits(mode: number): number {
  const type = mode & S_IFMT;
  if (type === S_IFDIR) return OTHERS_READ | OTHERS_SEARCH;
  return type === S_IFREG ? OTHERS_READ : 0;
}
