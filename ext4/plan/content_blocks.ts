/**
 * How many blocks the contents of each inode take, and where they lie among all contents.
 *
 * Contents come in two parts, each a sequence of blocks: `front` (folders and long symbolic links,
 * which a listing needs) and `data`. A place is a block counted from the start of its part.
 * @module
 */

import { PlanError } from "../image_errors.ts";
import { BOOT_LOADER_INODE, FIRST_INODE } from "../numbers.ts";
import { recordSizeBytes } from "../record.ts";
import { I_BLOCK_SIZE_BYTES } from "../structs/inode.ts";
import { hasType, S_IFDIR, S_IFLNK, S_IFREG, type Tree, type TreeInode } from "../tree.ts";
import { blockRanges, countBlocksOf } from "./block_ranges.ts";
import type { IndexedFolders } from "./folder_leaves.ts";
import type { Inventory } from "./inventory.ts";
import type { PlanOptions } from "./options.ts";
import { differentHoles, haveSameHoles, type Owners } from "./sharing.ts";
import type { ValueInode, XattrPlan } from "./xattr_plan.ts";

/** An inode that no row of the tree stands for. */
export type ExtraInode =
  & {
    readonly number: number;
    readonly part: Part;
    /** Where its contents begin in their part. */
    readonly start: number;
    readonly countBlocks: number;
  }
  & (
    | { readonly kind: "lost+found" }
    | { readonly kind: "record" }
    | {
      readonly kind: "copy";
      readonly inode: TreeInode;
      readonly countLinks: number;
      /** Whether its contents lie in the blocks of the file that it is a copy of. */
      readonly isShared: boolean;
    }
    | { readonly kind: "value"; readonly value: ValueInode }
  );

/** Which part contents lie in. */
export type Part = "front" | "data";

/** The contents of all inodes. Columns have one row an inode of the tree. */
export interface Contents {
  /** Blocks of contents, holes not counted. */
  readonly countBlocks: Uint32Array;
  /** Where the contents begin in their part. */
  readonly start: Float64Array;
  /** Ascending by number. */
  readonly extras: readonly ExtraInode[];
  readonly countFrontBlocks: number;
  readonly countDataBlocks: number;
  /** Files that have no blocks of their own, and the blocks that they share with others. */
  readonly countSharedFiles: number;
  readonly countSharedBlocks: number;
}

/** Most blocks of one file. */
const FILE_MAX_BLOCKS = 0xffff_ffff;

/**
 * Gives every inode's contents a place.
 * @throws PlanError `file-too-large`, `target-too-long`
 */
export function placeContents(
  tree: Tree,
  inventory: Inventory,
  folders: IndexedFolders,
  xattrs: XattrPlan,
  blockSizeBytes: number,
  record: RecordForm,
  owners: Owners | undefined,
): Contents {
  const countBlocks = new Uint32Array(tree.countInodes);
  const start = new Float64Array(tree.countInodes);
  const extras: ExtraInode[] = [];
  let front = 0;
  let data = 0;
  let countSharedFiles = 0;
  let countSharedBlocks = 0;

  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (inventory.numberOf[inode] === 0 || !hasType(tree, inode, S_IFDIR)) continue;
    const blocks = folders.get(inode)?.countBlocks ?? 1;
    countBlocks[inode] = blocks;
    start[inode] = front;
    front += blocks;
  }
  if (inventory.addsLostAndFound) {
    const number: number = FIRST_INODE;
    extras.push({ kind: "lost+found", number, part: "front", start: front++, countBlocks: 1 });
  }
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (inventory.numberOf[inode] === 0 || !hasType(tree, inode, S_IFLNK)) continue;
    const blocks = targetBlocks(tree, inode, blockSizeBytes);
    countBlocks[inode] = blocks;
    start[inode] = front;
    front += blocks;
  }
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (inventory.numberOf[inode] === 0 || !hasType(tree, inode, S_IFREG)) continue;
    const blocks = fileBlocks(tree, inode, blockSizeBytes);
    countBlocks[inode] = blocks;
    const owner = owners?.[inode] ?? inode;
    if (owner === inode) {
      start[inode] = data;
      data += blocks;
    } else share(owner, inode);
  }
  for (const { inode, number, countLinks } of inventory.splits.copies) {
    const blocks = countBlocks[inode]!;
    const part = hasType(tree, inode, S_IFLNK) ? "front" : "data";
    const isShared = owners !== undefined && part === "data" && blocks > 0;
    if (isShared) share(inode, inode);
    const at = isShared ? start[inode]! : part === "front" ? front : data;
    const place = { number, part, start: at, countBlocks: blocks } as const;
    extras.push({ kind: "copy", inode, countLinks, isShared, ...place });
    if (part === "front") front += blocks;
    else if (!isShared) data += blocks;
  }
  for (const value of xattrs.values) {
    const { number, countBlocks: blocks } = value;
    extras.push({ kind: "value", value, number, part: "data", start: data, countBlocks: blocks });
    data += blocks;
  }
  if (record.hasRecord) {
    const number: number = BOOT_LOADER_INODE;
    const blocks = recordBlocks(countInodesOf(inventory, xattrs), blockSizeBytes, record);
    // Its number is the lowest, and its blocks are the last: then all digests are known.
    extras.unshift({ kind: "record", number, part: "data", start: data, countBlocks: blocks });
    data += blocks;
  }
  return {
    countBlocks,
    start,
    extras,
    countFrontBlocks: front,
    countDataBlocks: data,
    countSharedFiles,
    countSharedBlocks,
  };

  function share(owner: number, inode: number): void {
    const blocks = countBlocks[inode]!;
    if (!haveSameHoles(tree, owner, inode, blockSizeBytes)) throw differentHoles(inode);
    if (blocks === 0) return;
    start[inode] = start[owner]!;
    countSharedFiles++;
    countSharedBlocks += blocks;
  }
}

/** Inodes in use, the reserved ones counted; also the highest number in use. */
export function countInodesOf(inventory: Inventory, xattrs: XattrPlan): number {
  return inventory.lastNumber + xattrs.values.length;
}

/** What of the options decides how large the record is. */
export type RecordForm = Pick<PlanOptions, "hasRecord" | "base">;

/** Blocks of the record, if there is one. */
export function recordBlocks(
  countInodes: number,
  blockSizeBytes: number,
  { hasRecord, base }: RecordForm,
): number {
  if (!hasRecord) return 0;
  return Math.ceil(recordSizeBytes(countInodes, base !== undefined) / blockSizeBytes);
}

/** Blocks of a regular file, holes not counted. @throws PlanError `file-too-large` */
export function fileBlocks(tree: Tree, inode: number, blockSizeBytes: number): number {
  const sizeBytes = tree.sizeBytes[inode]!;
  const whole = Math.ceil(sizeBytes / blockSizeBytes);
  if (whole > FILE_MAX_BLOCKS) {
    throw new PlanError(
      "file-too-large",
      `cannot store a file of ${sizeBytes} bytes: ext4 ends at 2^32 - 1 blocks of ` +
        `${blockSizeBytes} bytes. Use a larger block size, or leave the file out.`,
      { inode: inode as TreeInode },
    );
  }
  if (tree.dataRanges.size === 0) return whole;
  const ranges = tree.dataRanges.get(inode as TreeInode);
  if (ranges === undefined) return whole;
  return countBlocksOf(blockRanges(ranges, sizeBytes, blockSizeBytes));
}

/** Blocks of a symbolic link. @throws PlanError `target-too-long` */
function targetBlocks(tree: Tree, inode: number, blockSizeBytes: number): number {
  const sizeBytes = tree.sizeBytes[inode]!;
  if (sizeBytes < I_BLOCK_SIZE_BYTES) return 0;
  if (sizeBytes < blockSizeBytes) return 1;
  throw new PlanError(
    "target-too-long",
    `cannot store a symbolic link of ${sizeBytes} bytes: with its final NUL it must fit a block ` +
      `of ${blockSizeBytes}. Use a larger block size, or leave the link out.`,
    { inode: inode as TreeInode },
  );
}
