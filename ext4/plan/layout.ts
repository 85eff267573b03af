/**
 * Geometry and extent trees together: each depends on the other.
 *
 * Extent blocks push the data back, and where data lies decides how often a copy of the superblock
 * splits it. So both are computed in turns until nothing changes; what an inode was once given it
 * keeps, so that the turns end.
 * @module
 */

import { PlanError } from "../image_errors.ts";
import { EXTENT_MAX_BLOCKS, EXTENTS_IN_INODE, extentsInBlock } from "../structs/extent.ts";
import { hasType, S_IFDIR, S_IFREG, type Tree, type TreeInode } from "../tree.ts";
import { blockRanges } from "./block_ranges.ts";
import type { Contents, Part } from "./content_blocks.ts";
import { countExtentBlocks, countExtents, type Span } from "./extents.ts";
import { findGeometry, type Geometry } from "./groups.ts";
import type { Inventory } from "./inventory.ts";
import { segmentOf } from "./segments.ts";

/** The extent blocks of one inode, as items of the contents. */
export interface ExtentBlocks {
  readonly start: number;
  readonly countBlocks: number;
  readonly owner: ContentInode;
}

/** Where all contents lie. Items are blocks of `geometry.contents`, from front to back. */
export interface ContentLayout {
  readonly geometry: Geometry;
  /** First item of the attribute blocks; the `front` part is before them. */
  readonly firstXattrItem: number;
  readonly firstExtentItem: number;
  /** First item of the `data` part. */
  readonly firstDataItem: number;
  /** By inode number, ascending; inodes whose extents fit into them are missing. */
  readonly extentBlocks: ReadonlyMap<number, ExtentBlocks>;
}

/** An inode with contents in blocks. */
export interface ContentInode {
  readonly number: number;
  readonly part: Part;
  readonly start: number;
  readonly countBlocks: number;
  /** Row whose holes it has, or -1. */
  readonly inode: number;
}

type Granted = Omit<ExtentBlocks, "start">;

/** @throws PlanError `image-too-large` */
export function layOut(
  tree: Tree,
  inventory: Inventory,
  contents: Contents,
  countXattrBlocks: number,
  countInodes: number,
  blockSizeBytes: number,
): ContentLayout {
  const perBlock = extentsInBlock(blockSizeBytes);
  const granted = new Map<number, Granted>();
  for (;;) {
    const countGranted = sumOf([...granted.values()].map((one) => one.countBlocks));
    const firstExtentItem = contents.countFrontBlocks + countXattrBlocks;
    const firstDataItem = firstExtentItem + countGranted;
    const countContentBlocks = firstDataItem + contents.countDataBlocks;
    const geometry = findGeometry({ blockSizeBytes, countInodes, countContentBlocks });
    if (geometry === undefined) throw tooLarge(blockSizeBytes, countContentBlocks, countInodes);

    let changed = false;
    const check = (one: ContentInode) => {
      const span = spanOf(tree, one, firstDataItem, blockSizeBytes);
      if (fitsInode(span, geometry)) return;
      const needed = countExtentBlocks(countExtents(span, geometry.contents), perBlock);
      if (needed <= (granted.get(one.number)?.countBlocks ?? 0)) return;
      granted.set(one.number, { owner: one, countBlocks: needed });
      changed = true;
    };
    forEachContentInode(tree, inventory, contents, check);
    if (!changed) {
      const firstXattrItem = contents.countFrontBlocks;
      const extentBlocks = numberExtentBlocks(granted, firstExtentItem);
      return { geometry, firstXattrItem, firstExtentItem, firstDataItem, extentBlocks };
    }
  }
}

/** What an inode's extents follow from. */
export function spanOf(
  tree: Tree,
  one: ContentInode,
  firstDataItem: number,
  blockSizeBytes: number,
): Span {
  const start = one.part === "front" ? one.start : firstDataItem + one.start;
  const holes = one.inode < 0 ? undefined : tree.dataRanges.get(one.inode as TreeInode);
  const ranges = holes && blockRanges(holes, tree.sizeBytes[one.inode]!, blockSizeBytes);
  return { start, countBlocks: one.countBlocks, ranges };
}

/** Visits every inode that has blocks of contents. */
function forEachContentInode(
  tree: Tree,
  inventory: Inventory,
  contents: Contents,
  visit: (one: ContentInode) => void,
): void {
  for (let inode = 0; inode < tree.countInodes; inode++) {
    const countBlocks = contents.countBlocks[inode]!;
    if (countBlocks === 0) continue;
    const isData = hasType(tree, inode, S_IFREG);
    visit({
      number: inventory.numberOf[inode]!,
      part: isData ? "data" : "front",
      start: contents.start[inode]!,
      countBlocks,
      inode: hasType(tree, inode, S_IFDIR) ? -1 : inode,
    });
  }
  for (const extra of contents.extras) {
    const inode = extra.kind === "copy" ? extra.inode : -1;
    visit({ ...extra, inode });
  }
}

/** The common case, decided without counting. */
function fitsInode(span: Span, geometry: Geometry): boolean {
  if (span.ranges !== undefined || span.countBlocks > EXTENTS_IN_INODE * EXTENT_MAX_BLOCKS) {
    return false;
  }
  const { contents } = geometry;
  const k = segmentOf(contents, span.start);
  return span.start + span.countBlocks <= contents.firstItem[k]! + contents.countBlocks[k]!;
}

function numberExtentBlocks(
  granted: ReadonlyMap<number, Granted>,
  firstItem: number,
): Map<number, ExtentBlocks> {
  const numbered = new Map<number, ExtentBlocks>();
  let start = firstItem;
  for (const [number, one] of [...granted].sort(([a], [b]) => a - b)) {
    numbered.set(number, { ...one, start });
    start += one.countBlocks;
  }
  return numbered;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function tooLarge(blockSizeBytes: number, countBlocks: number, countInodes: number): PlanError {
  return new PlanError(
    "image-too-large",
    `cannot plan the image: ${countBlocks} blocks and ${countInodes} inodes are more than groups ` +
      `of ${blockSizeBytes}-byte blocks can hold. Use a larger block size, or make several images.`,
  );
}
