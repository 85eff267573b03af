/**
 * Attributes of all inodes: how many blocks each set takes, and which values get inodes.
 *
 * Inodes with equal sets share a block, up to 1,024 each. Equal values share an inode.
 * @module
 */

import { crc32c, CRC32C_SEED } from "../crc32c.ts";
import { XATTR_REFCOUNT_MAX } from "../structs/xattr.ts";
import type { Tree, TreeInode } from "../tree.ts";
import type { Inventory } from "./inventory.ts";
import type { PlanNote } from "./report.ts";
import { placeXattrs, type StoredXattr, type XattrPlacement } from "./xattr_placement.ts";

/** A value in an inode of its own. */
export interface ValueInode {
  readonly number: number;
  readonly value: Uint8Array;
  readonly countBlocks: number;
  /** Entries that refer to it. */
  countReferences: number;
}

/** Where the attributes of an image lie. */
export interface XattrPlan {
  /** By set: how many stored inodes have it. */
  readonly countUsers: Uint32Array;
  /** By set: its first block among all attribute blocks. */
  readonly firstBlock: Float64Array;
  /** Attribute blocks in all. */
  readonly countBlocks: number;
  /** By set: blocks of the values in inodes, which count for each inode with the set. */
  readonly countValueBlocks: Float64Array;
  readonly values: readonly ValueInode[];
  /** Blocks of all values in inodes. */
  readonly totalValueBlocks: number;
  /** Where the attributes of a set lie; computed when asked. */
  placementOf(set: number): XattrPlacement;
  /** The inode of a value that is external. */
  valueInodeOf(one: StoredXattr): ValueInode;
}

/** Blocks that `countUsers` inodes with one set take, if the set needs a block at all. */
export function countSharedBlocks(countUsers: number): number {
  return Math.ceil(countUsers / XATTR_REFCOUNT_MAX);
}

/** Places the attributes of all stored inodes. */
export function planXattrs(
  tree: Tree,
  inventory: Inventory,
  blockSizeBytes: number,
  notes: PlanNote[],
): XattrPlan {
  const countSets = tree.xattrSets.length;
  const { countUsers, firstUser } = countSetUsers(tree, inventory);
  const firstBlock = new Float64Array(countSets);
  const countValueBlocks = new Float64Array(countSets);
  const values: ValueInode[] = [];
  const byChecksum = new Map<number, ValueInode[]>();
  let countBlocks = 0;
  let totalValueBlocks = 0;

  function find(value: Uint8Array): ValueInode | undefined {
    const alike = byChecksum.get(crc32c(CRC32C_SEED, value));
    return alike?.find((one) => isEqual(one.value, value));
  }

  function refer(one: StoredXattr, countReferences: number): number {
    let inode = find(one.value);
    if (inode === undefined) {
      inode = {
        number: inventory.lastNumber + 1 + values.length,
        value: one.value,
        countBlocks: Math.ceil(one.value.length / blockSizeBytes),
        countReferences: 0,
      };
      const checksum = crc32c(CRC32C_SEED, one.value);
      byChecksum.set(checksum, [...byChecksum.get(checksum) ?? [], inode]);
      values.push(inode);
      totalValueBlocks += inode.countBlocks;
    }
    inode.countReferences += countReferences;
    return inode.countBlocks;
  }

  for (let set = 1; set < countSets; set++) {
    const users = countUsers[set]!;
    if (users === 0) continue;
    const placement = placeXattrs(tree.xattrSets[set]!, blockSizeBytes);
    const blocks = placement.block.length > 0 ? countSharedBlocks(users) : 0;
    firstBlock[set] = countBlocks;
    countBlocks += blocks;
    for (const one of placement.block) {
      if (one.external) countValueBlocks[set]! += refer(one, blocks);
    }
    for (const { name, why } of placement.refused) {
      const inode = firstUser[set]! as TreeInode;
      notes.push({ kind: "xattr-refused", inode, countInodes: users, name, why });
    }
  }

  let cachedSet = 0;
  let cached: XattrPlacement = { body: [], block: [], refused: [] };
  return {
    countUsers,
    firstBlock,
    countBlocks,
    countValueBlocks,
    values,
    totalValueBlocks,
    placementOf(set) {
      if (set !== cachedSet) {
        cached = placeXattrs(tree.xattrSets[set]!, blockSizeBytes);
        cachedSet = set;
      }
      return cached;
    },
    valueInodeOf: (one) => find(one.value)!,
  };
}

/** How many stored inodes have each set, and the first of them. */
export function countSetUsers(
  tree: Tree,
  inventory: Inventory,
): { countUsers: Uint32Array; firstUser: Uint32Array } {
  const countUsers = new Uint32Array(tree.xattrSets.length);
  const firstUser = new Uint32Array(tree.xattrSets.length);
  if (countUsers.length <= 1) return { countUsers, firstUser };
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (inventory.numberOf[inode] === 0) continue;
    const set = tree.xattrSet[inode]!;
    if (countUsers[set]!++ === 0) firstUser[set] = inode;
  }
  for (const { inode } of inventory.splits.copies) countUsers[tree.xattrSet[inode]!]!++;
  return { countUsers, firstUser };
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
