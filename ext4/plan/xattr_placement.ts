/**
 * Where each attribute of one set is stored: in the inode, in a block, or its value in an inode.
 *
 * Whatever fits goes into the inode, the rest into a block; when that overflows, the largest value
 * gets an inode of its own.
 * @module
 */

import { aclToDisk } from "../posix_acl.ts";
import { EXTRA_ISIZE_BYTES, INODE_SIZE_BYTES, OLD_INODE_SIZE_BYTES } from "../structs/inode.ts";
import { XATTR_HEADER, XATTR_IBODY_HEADER, xattrEntrySizeBytes } from "../structs/xattr.ts";
import type { Xattr } from "../tree.ts";
import { INDEX_ACL_ACCESS, INDEX_ACL_DEFAULT, splitXattrName } from "../xattr_names.ts";
import type { XattrRefusal } from "./report.ts";

/** One attribute as ext4 stores it. */
export interface StoredXattr {
  /** The whole name. */
  readonly name: Uint8Array;
  readonly index: number;
  readonly suffix: Uint8Array;
  /** In ext4's own encoding. */
  readonly value: Uint8Array;
  /** The value lies in an inode of its own. */
  readonly external: boolean;
}

/** A set of attributes split over its places. */
export interface XattrPlacement {
  /** In the inode, in the order the kernel wants. */
  readonly body: readonly StoredXattr[];
  /** In a block, in the order the kernel wants. */
  readonly block: readonly StoredXattr[];
  readonly refused: readonly { readonly name: Uint8Array; readonly why: XattrRefusal }[];
}

/** Bytes of an inode behind its fields. */
export const IBODY_SIZE_BYTES: number = INODE_SIZE_BYTES - OLD_INODE_SIZE_BYTES -
  EXTRA_ISIZE_BYTES;

/** Four zero bytes mark the end of the entries. */
const END_MARK_BYTES = 4;
const SUFFIX_MAX_BYTES = 255;

/** Places one set. */
export function placeXattrs(set: readonly Xattr[], blockSizeBytes: number): XattrPlacement {
  const refused: { name: Uint8Array; why: XattrRefusal }[] = [];
  const stored: StoredXattr[] = [];
  for (const { name, value } of set) {
    const one = storedForm(name, value);
    if (typeof one === "string") refused.push({ name, why: one });
    else stored.push(one);
  }
  stored.sort(compareAsKernel);

  const bodySize = IBODY_SIZE_BYTES - XATTR_IBODY_HEADER.sizeBytes - END_MARK_BYTES;
  const blockSize = blockSizeBytes - XATTR_HEADER.sizeBytes - END_MARK_BYTES;
  for (;;) {
    const [body, block, overflowBytes] = distribute(stored, bodySize, blockSize);
    if (overflowBytes <= 0) return { body, block, refused };
    const largest = indexOfLargestValue(stored);
    if (largest !== -1) {
      stored[largest] = { ...stored[largest]!, external: true };
    } else {
      const { name } = stored.pop()!;
      refused.push({ name, why: "no-space" });
    }
  }
}

function storedForm(name: Uint8Array, value: Uint8Array): StoredXattr | XattrRefusal {
  const split = splitXattrName(name);
  if (split === undefined) return "unknown-prefix";
  const { index, suffix } = split;
  if (suffix.length > SUFFIX_MAX_BYTES) return "name-too-long";
  if (index !== INDEX_ACL_ACCESS && index !== INDEX_ACL_DEFAULT) {
    return { name, index, suffix, value, external: false };
  }
  const acl = aclToDisk(value);
  return acl === undefined ? "bad-acl" : { name, index, suffix, value: acl, external: false };
}

/** The order the kernel searches a block in: by prefix, then length of the name, then bytes. */
function compareAsKernel(a: StoredXattr, b: StoredXattr): number {
  if (a.index !== b.index) return a.index - b.index;
  if (a.suffix.length !== b.suffix.length) return a.suffix.length - b.suffix.length;
  for (let i = 0; i < a.suffix.length; i++) {
    if (a.suffix[i] !== b.suffix[i]) return a.suffix[i]! - b.suffix[i]!;
  }
  return 0;
}

function distribute(
  stored: readonly StoredXattr[],
  bodySize: number,
  blockSize: number,
): [StoredXattr[], StoredXattr[], number] {
  const body: StoredXattr[] = [];
  const block: StoredXattr[] = [];
  let bodyLeft = bodySize;
  let blockLeft = blockSize;
  for (const one of stored) {
    const sizeBytes = sizeOf(one);
    // e2fsck takes a short symbolic link for one with blocks when values in inodes count for it
    // and it has no attribute block, so such values always come with a block.
    if (sizeBytes <= bodyLeft && !one.external) {
      body.push(one);
      bodyLeft -= sizeBytes;
    } else {
      block.push(one);
      blockLeft -= sizeBytes;
    }
  }
  return [body, block, -blockLeft];
}

function sizeOf(one: StoredXattr): number {
  return xattrEntrySizeBytes(one.suffix.length) + (one.external ? 0 : (one.value.length + 3) & ~3);
}

function indexOfLargestValue(stored: readonly StoredXattr[]): number {
  let largest = -1;
  stored.forEach((one, i) => {
    if (one.external || one.value.length === 0) return;
    if (largest === -1 || one.value.length > stored[largest]!.value.length) largest = i;
  });
  return largest;
}
