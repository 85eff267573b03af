/**
 * Folders that do not fit into one block: their names in the order of their hashes, in leaves.
 *
 * Leaves are filled to the brim, because nothing will ever be added.
 * @module
 */

import { dirHashMajor, HASH_HALF_MD4, HASH_UNSIGNED, type HashVersion } from "../dirhash.ts";
import { PlanError } from "../image_errors.ts";
import { DIR_ENTRY_TAIL, dirEntrySizeBytes } from "../structs/directory.ts";
import { hasType, NO_ENTRY, S_IFDIR, type Tree, type TreeInode } from "../tree.ts";
import { sortByKey } from "./hash_order.ts";
import { type IndexShape, indexShapeOf } from "./index_shape.ts";
import type { Inventory } from "./inventory.ts";
import { LOST_AND_FOUND } from "./names.ts";

/** Stands for the name `lost+found` that is not in the tree. */
export const LOST_AND_FOUND_ENTRY = NO_ENTRY;

/** What the index hashes with: half-MD4 over unsigned bytes, the same on every machine. */
export const INDEX_HASH_VERSION = (HASH_HALF_MD4 + HASH_UNSIGNED) as HashVersion;

/** A folder with an index. */
export interface IndexedFolder {
  /** Name rows in the order of their hashes. */
  readonly order: Uint32Array;
  /** By leaf: its first name in `order`; one more at the end. */
  readonly leafStart: Uint32Array;
  /** By leaf: its lowest hash; bit 0: the leaf before ends with the same hash. */
  readonly leafHash: Uint32Array;
  readonly shape: IndexShape;
  readonly countBlocks: number;
}

/** Folders of more than one block, by row. */
export type IndexedFolders = ReadonlyMap<number, IndexedFolder>;

/** Bytes of a directory block that entries can take. */
export function entriesSpaceBytes(blockSizeBytes: number): number {
  return blockSizeBytes - DIR_ENTRY_TAIL.sizeBytes;
}

/** Bytes of the entries `.` and `..`. */
export const DOTS_SIZE_BYTES: number = dirEntrySizeBytes(1) + dirEntrySizeBytes(2);

/**
 * Sorts and splits all folders that need more than one block.
 * @param hashSeed `s_hash_seed`, 4 words
 * @throws PlanError `folder-too-large`
 */
export function planFolders(
  tree: Tree,
  inventory: Inventory,
  blockSizeBytes: number,
  hashSeed: readonly number[],
): IndexedFolders {
  const folders = new Map<number, IndexedFolder>();
  const space = entriesSpaceBytes(blockSizeBytes);
  for (let inode = 0; inode < tree.countInodes; inode++) {
    const sizeBytes = inventory.entriesSizeBytes[inode]!;
    if (sizeBytes + DOTS_SIZE_BYTES <= space || !hasType(tree, inode, S_IFDIR)) continue;
    folders.set(inode, indexFolder(tree, inventory, inode, blockSizeBytes, hashSeed));
  }
  return folders;
}

/** The stored names of a folder in the order of the tree. */
export function storedEntries(tree: Tree, inventory: Inventory, folder: number): Uint32Array {
  const first = tree.payload[folder]!;
  const countChildren = tree.countChildren[folder]!;
  const extra = folder === 0 && inventory.addsLostAndFound ? 1 : 0;
  const entries = new Uint32Array(countChildren + extra);
  let count = 0;
  for (let entry = first; entry < first + countChildren; entry++) {
    if (inventory.numberOf[tree.entryInode[entry]!] === 0) continue;
    if (inventory.refused.size > 0 && inventory.refused.has(entry)) continue;
    entries[count++] = entry;
  }
  if (extra === 1) entries[count++] = LOST_AND_FOUND_ENTRY;
  return entries.subarray(0, count);
}

function indexFolder(
  tree: Tree,
  inventory: Inventory,
  folder: number,
  blockSizeBytes: number,
  hashSeed: readonly number[],
): IndexedFolder {
  const order = storedEntries(tree, inventory, folder);
  const hashes = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) hashes[i] = hashOf(tree, order[i]!, hashSeed);
  sortByKey(hashes, order);

  const space = entriesSpaceBytes(blockSizeBytes);
  const starts: number[] = [];
  const leafHashes: number[] = [];
  let left = 0;
  for (let i = 0; i < order.length; i++) {
    const entry = order[i]!;
    const length = entry === LOST_AND_FOUND_ENTRY ? LOST_AND_FOUND.length : tree.nameLength[entry]!;
    const sizeBytes = dirEntrySizeBytes(length);
    if (sizeBytes > left) {
      const continues = i > 0 && hashes[i] === hashes[i - 1];
      starts.push(i);
      leafHashes.push(continues ? hashes[i]! + 1 : hashes[i]!);
      left = space;
    }
    left -= sizeBytes;
  }
  const shape = indexShapeOf(starts.length, blockSizeBytes);
  if (shape === undefined) {
    throw new PlanError(
      "folder-too-large",
      `cannot store a folder of ${order.length} names: its index would need more than 3 levels. ` +
        "Use a larger block size, or split the folder.",
      { inode: folder as TreeInode },
    );
  }
  return {
    order,
    leafStart: withEnd(starts, order.length),
    leafHash: Uint32Array.from(leafHashes),
    shape,
    countBlocks: 1 + shape.countTopNodes + shape.countNodes + starts.length,
  };
}

function hashOf(tree: Tree, entry: number, seed: readonly number[]): number {
  if (entry === LOST_AND_FOUND_ENTRY) {
    return dirHashMajor(LOST_AND_FOUND, 0, LOST_AND_FOUND.length, INDEX_HASH_VERSION, seed);
  }
  const start = tree.nameOffset[entry]!;
  return dirHashMajor(tree.bytes, start, tree.nameLength[entry]!, INDEX_HASH_VERSION, seed);
}

function withEnd(starts: readonly number[], end: number): Uint32Array {
  const column = new Uint32Array(starts.length + 1);
  column.set(starts);
  column[starts.length] = end;
  return column;
}
