/**
 * From a tree to an image: `planImage` decides every byte's place; `runs` gives the bytes in order.
 *
 * Pure: no clock, no randomness, no files. The same tree and options give the same bytes.
 * @module
 */

import { featureNames } from "./features.ts";
import { COMPAT, INCOMPAT, RO_COMPAT } from "./features.ts";
import type { InodeNumber } from "./numbers.ts";
import { decide, type ImagePlan } from "./plan/image_plan.ts";
import { checkOptions, type PlanOptions } from "./plan/options.ts";
import type { PlanNote } from "./plan/report.ts";
import { groupsWithSuperblock } from "./sparse_super.ts";
import { hasType, S_IFREG, type Tree, type TreeInode } from "./tree.ts";
import { type FileRange, fileRanges } from "./write/content_items.ts";
import type { Run } from "./write/run.ts";
import { imageRuns } from "./write/runs.ts";

export type { PlanOptions } from "./plan/options.ts";
export type { NameRefusal, PlanNote, XattrRefusal } from "./plan/report.ts";
export type { FileRange } from "./write/content_items.ts";
export type { Run } from "./write/run.ts";

/** A planned image. */
export interface Plan {
  /** Exactly what {@link Plan.runs} adds up to. */
  readonly sizeBytes: number;
  readonly layout: PlanLayout;
  /** What could not be stored as it is, in the order of the tree. */
  readonly report: readonly PlanNote[];
  /**
   * The image from its first byte to its last, without seeking; may be called again.
   *
   * The bytes of a run are valid until the next one is asked for.
   */
  runs(): Iterable<Run>;
  /** What of files the runs will ask for, in the order of the runs, which may cut it to pieces. */
  files(): Iterable<FileRange>;
  /** Regular files without a block, which no run speaks of: empty, or nothing but a hole. */
  blockless(): Iterable<BlocklessFile>;
  /** Regular files that no run speaks of because they lie in the blocks of another. */
  shared(): Iterable<SharedFile>;
}

/** A regular file that takes no block. */
export interface BlocklessFile {
  readonly number: InodeNumber;
  readonly sizeBytes: number;
}

/** A regular file that lies in the blocks of another. */
export interface SharedFile {
  readonly number: InodeNumber;
  /** The inode that runs speak of. */
  readonly ownerNumber: InodeNumber;
  /** Rows of the tree; the same for a further inode of a file with very many names. */
  readonly inode: TreeInode;
  readonly owner: TreeInode;
}

/** Where things lie, for people. */
export interface PlanLayout {
  readonly blockSizeBytes: number;
  readonly countBlocks: number;
  readonly countGroups: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  /** Room for inodes. */
  readonly countInodes: number;
  /** Inodes in use, the 10 reserved ones counted. */
  readonly countUsedInodes: number;
  /** Groups that begin with a superblock. */
  readonly groupsWithSuperblock: readonly number[];
  readonly countFolderBlocks: number;
  readonly countXattrBlocks: number;
  readonly countExtentBlocks: number;
  readonly countDataBlocks: number;
  /** Files that have no blocks of their own, because others have the same contents. */
  readonly countSharedFiles: number;
  /** What blocks they would have taken; part of no other count. */
  readonly countSharedBlocks: number;
  /** Blocks of the record: digests of the files' contents. */
  readonly countRecordBlocks: number;
  /** All blocks but those of data. */
  readonly countMetadataBlocks: number;
  /** Blocks that hold nothing; 0 but for odd trees of empty files. */
  readonly countFreeBlocks: number;
  /** Where the first byte of data lies; all before it is metadata. */
  readonly dataOffsetBytes: number;
  readonly features: readonly string[];
}

/**
 * Plans the image of a tree.
 *
 * @param tree the scanned source
 * @param options all that does not come from the source
 * @returns a plan; making it reads no file contents
 * @throws PlanError when the options are not valid, or the tree cannot be stored with them. What
 *   merely cannot be stored as it is (a socket, an attribute of another file system) is not an error:
 *   it is in the plan's `report`.
 */
export function planImage(tree: Tree, options: PlanOptions): Plan {
  checkOptions(options);
  const plan = decide(tree, options);
  return {
    sizeBytes: plan.geometry.countBlocks * plan.blockSizeBytes,
    layout: layoutOf(plan),
    report: plan.notes,
    runs: () => imageRuns(plan),
    files: () => fileRanges(plan),
    blockless: () => blocklessFiles(plan),
    shared: () => sharedFiles(plan),
  };
}

function* sharedFiles({ inventory, contents, owners }: ImagePlan): Generator<SharedFile> {
  if (owners === undefined) return;
  const { numberOf } = inventory;
  const file = (number: number, row: number, owner: number): SharedFile => ({
    number: number as InodeNumber,
    ownerNumber: numberOf[owner] as InodeNumber,
    inode: row as TreeInode,
    owner: owner as TreeInode,
  });
  for (let row = 0; row < owners.length; row++) {
    if (owners[row] === row || contents.countBlocks[row] === 0) continue;
    yield file(numberOf[row]!, row, owners[row]!);
  }
  for (const extra of contents.extras) {
    if (extra.kind !== "copy" || !extra.isShared) continue;
    yield file(extra.number, extra.inode, owners[extra.inode]!);
  }
}

function* blocklessFiles({ tree, inventory, contents }: ImagePlan): Generator<BlocklessFile> {
  const file = (row: number, number: number): BlocklessFile => ({
    number: number as InodeNumber,
    sizeBytes: tree.sizeBytes[row]!,
  });
  for (let row = 0; row < tree.countInodes; row++) {
    const number = inventory.numberOf[row]!;
    if (number === 0 || contents.countBlocks[row] !== 0 || !hasType(tree, row, S_IFREG)) continue;
    yield file(row, number);
  }
  for (const extra of contents.extras) {
    if (extra.kind !== "copy" || extra.countBlocks > 0) continue;
    if (hasType(tree, extra.inode, S_IFREG)) yield file(extra.inode, extra.number);
  }
}

function layoutOf(plan: ImagePlan): PlanLayout {
  const { geometry, layout, contents, xattrs, blockSizeBytes, features } = plan;
  const countRecordBlocks = contents.extras.find(({ kind }) => kind === "record")?.countBlocks ?? 0;
  const countDataBlocks = contents.countDataBlocks - countRecordBlocks;
  const countFreeBlocks = geometry.free.reduce((sum, piece) => sum + piece.countBlocks, 0);
  const { contents: segments } = geometry;
  const lastSegment = segments.firstItem.findLastIndex((item) => item <= layout.firstDataItem);
  const dataBlock = segments.firstBlock[lastSegment]! +
    (layout.firstDataItem - segments.firstItem[lastSegment]!);
  return {
    blockSizeBytes,
    countBlocks: geometry.countBlocks,
    countGroups: geometry.countGroups,
    blocksPerGroup: geometry.blocksPerGroup,
    inodesPerGroup: geometry.inodesPerGroup,
    countInodes: geometry.countGroups * geometry.inodesPerGroup,
    countUsedInodes: plan.countInodes,
    groupsWithSuperblock: groupsWithSuperblock(geometry.countGroups),
    countFolderBlocks: contents.countFrontBlocks,
    countXattrBlocks: xattrs.countBlocks,
    countExtentBlocks: layout.firstDataItem - layout.firstExtentItem,
    countDataBlocks,
    countSharedFiles: contents.countSharedFiles,
    countSharedBlocks: contents.countSharedBlocks,
    countRecordBlocks,
    countMetadataBlocks: geometry.countBlocks - countDataBlocks - countFreeBlocks,
    countFreeBlocks,
    dataOffsetBytes: dataBlock * blockSizeBytes,
    features: [
      ...featureNames(features.compat, COMPAT),
      ...featureNames(features.incompat, INCOMPAT),
      ...featureNames(features.roCompat, RO_COMPAT),
    ],
  };
}
