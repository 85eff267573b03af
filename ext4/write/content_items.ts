/**
 * All contents as one sequence, in the order of their items: what a listing needs first, data last.
 * @module
 */

import type { InodeNumber } from "../numbers.ts";
import { blockRanges, dataBytesOf } from "../plan/block_ranges.ts";
import type { ExtraInode } from "../plan/content_blocks.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { hasLongHoles } from "../record.ts";
import { hasType, S_IFLNK, S_IFREG, type TreeInode } from "../tree.ts";
import { extentBlockRuns } from "./extent_blocks.ts";
import { folderRuns } from "./folder_blocks.ts";
import type { InodesChecksum } from "./inodes_checksum.ts";
import { recordRuns } from "./record.ts";
import type { Run } from "./run.ts";
import { xattrBlockRuns } from "./xattr_blocks.ts";

/** Folders, long symbolic links, attribute blocks, extent blocks, file data, the record. */
export function* contentRuns(plan: ImagePlan, inodesChecksum: InodesChecksum): Generator<Run> {
  const { tree, contents } = plan;
  yield* folderRuns(plan);
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (contents.countBlocks[inode] === 0 || !hasType(tree, inode, S_IFLNK)) continue;
    yield* targetRuns(plan, inode, plan.inventory.numberOf[inode] as InodeNumber);
  }
  yield* copyRuns(plan, "front");
  yield* xattrBlockRuns(plan);
  yield* extentBlockRuns(plan);
  yield* dataRuns(plan);
  for (const extra of contents.extras) if (extra.kind === "value") yield* valueRuns(plan, extra);
  for (const extra of contents.extras) {
    if (extra.kind === "record") yield* recordRuns(plan, inodesChecksum);
  }
}

/** What of a file lies in the image. */
export type FileRange = Pick<Run & { kind: "file" }, "inode" | "offsetBytes" | "lengthBytes">;

/** The data of all files, as far as they reach. */
export function* fileRanges(plan: ImagePlan): Generator<FileRange> {
  for (const run of dataRuns(plan)) {
    if (run.kind !== "file") continue;
    const { inode, offsetBytes, sizeBytes } = run;
    const lengthBytes = Math.min(run.lengthBytes, sizeBytes - offsetBytes);
    if (lengthBytes > 0) yield { inode, offsetBytes, lengthBytes };
  }
}

/** Whole blocks of files. */
function* dataRuns(plan: ImagePlan): Generator<Run> {
  const { tree, contents, owners } = plan;
  const hasHoles = tree.dataRanges.size > 0;
  for (let inode = 0; inode < tree.countInodes; inode++) {
    if (contents.countBlocks[inode] === 0 || !hasType(tree, inode, S_IFREG)) continue;
    if (owners !== undefined && owners[inode] !== inode) continue;
    const number = plan.inventory.numberOf[inode] as InodeNumber;
    if (hasHoles) yield* fileRuns(plan, inode as TreeInode, number);
    else yield wholeFile(plan, inode as TreeInode, number);
  }
  yield* copyRuns(plan, "data");
}

function* copyRuns(plan: ImagePlan, part: "front" | "data"): Generator<Run> {
  for (const extra of plan.contents.extras) {
    if (extra.kind !== "copy" || extra.part !== part || extra.countBlocks === 0) continue;
    if (extra.isShared) continue;
    const number = extra.number as InodeNumber;
    if (part === "front") yield* targetRuns(plan, extra.inode, number);
    else yield* fileRuns(plan, extra.inode, number);
  }
}

/** The target of a symbolic link, in a block of its own. */
function* targetRuns(
  { tree, blockSizeBytes }: ImagePlan,
  inode: number,
  link: InodeNumber,
): Generator<Run> {
  const start = tree.payload[inode]!;
  const sizeBytes = tree.sizeBytes[inode]!;
  yield { kind: "bytes", bytes: tree.bytes.subarray(start, start + sizeBytes), link };
  yield { kind: "zeros", lengthBytes: blockSizeBytes - sizeBytes };
}

/** Whole blocks of a file; the end of the file is cut later. */
function* fileRuns(plan: ImagePlan, inode: TreeInode, number: InodeNumber): Generator<Run> {
  const { tree, blockSizeBytes } = plan;
  const ranges = tree.dataRanges.get(inode);
  if (ranges === undefined) {
    yield wholeFile(plan, inode, number);
    return;
  }
  const sizeBytes = tree.sizeBytes[inode]!;
  const pairs = blockRanges(ranges, sizeBytes, blockSizeBytes);
  const longHoles = hasLongHoles(sizeBytes, dataBytesOf(pairs, sizeBytes, blockSizeBytes));
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const offsetBytes = pairs[i]! * blockSizeBytes;
    yield {
      kind: "file",
      inode,
      number,
      offsetBytes,
      lengthBytes: pairs[i + 1]! * blockSizeBytes - offsetBytes,
      sizeBytes,
      hasLongHoles: longHoles,
    };
  }
}

function wholeFile(plan: ImagePlan, inode: TreeInode, number: InodeNumber): Run {
  const lengthBytes = plan.contents.countBlocks[inode]! * plan.blockSizeBytes;
  const sizeBytes = plan.tree.sizeBytes[inode]!;
  return {
    kind: "file",
    inode,
    number,
    offsetBytes: 0,
    lengthBytes,
    sizeBytes,
    hasLongHoles: false,
  };
}

function* valueRuns(
  { blockSizeBytes }: ImagePlan,
  { value, countBlocks }: ExtraInode & { kind: "value" },
): Generator<Run> {
  yield { kind: "bytes", bytes: value.value };
  const lengthBytes = countBlocks * blockSizeBytes - value.value.length;
  if (lengthBytes > 0) yield { kind: "zeros", lengthBytes };
}
