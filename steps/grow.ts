/**
 * `grow`: makes sure, before anything is copied, that the file system has the blocks and inodes
 * that the tree needs, and enlarges it where it has not.
 * @module
 */

import type { BlockSizeBytes } from "../ext4/numbers.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { formatSize } from "../pipeline/words/size.ts";
import { neededSource } from "../source/needed.ts";
import { reserve } from "./allocate.ts";
import { type FileSystemNumbers, readNumbers } from "./e2fsprogs/dumpe2fs.ts";
import { runE2fsck } from "./e2fsprogs/e2fsck.ts";
import { freeBlocksNeeded, overhead } from "./e2fsprogs/file_system_size.ts";
import { type Needs, needsOf } from "./e2fsprogs/needs.ts";
import { plainName, runTool } from "./e2fsprogs/tool.ts";

/** Each round adds what the last one found missing; a second is rarely needed. */
const MOST_ROUNDS = 6;

/** Enlarges a file system that is too small. */
export const grow: Step = {
  name: "grow",
  summary: "enlarge it where the tree would not fit (resize2fs)",
  accepts: ["formatted"],
  tools: ["dumpe2fs", "e2fsck", "resize2fs"],
  shell: false,
  async run(image: Image, context: StepContext): Promise<Image | void> {
    const { tree } = neededSource(context);
    let sizeBytes = image.sizeBytes;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const numbers = await readNumbers(image.path, context);
      const needs = needsOf(tree, numbers.blockSizeBytes as BlockSizeBytes);
      const missing = missingBlocks(numbers, needs);
      if (missing === 0) return { ...image, sizeBytes };
      const countBlocks = numbers.countBlocks + missing;
      sizeBytes = countBlocks * numbers.blockSizeBytes;
      context.emit({
        type: "message",
        level: "info",
        text: `too small for the tree: enlarged to ${formatSize(sizeBytes)}`,
      });
      reserve(image.path, sizeBytes);
      await runE2fsck(image.path, "repair", context);
      await runTool(growArgv(plainName(image.path, context), countBlocks), context);
    }
    throw new Error(
      "cannot make the file system large enough: resize2fs gives it fewer blocks than it was " +
        "asked for. Set a larger allocate.size.",
    );
  },
};

/** The command; a number without a unit counts blocks. */
export const growArgv = (path: string, countBlocks: number): string[] => [
  "resize2fs",
  path,
  String(countBlocks),
];

/** How many blocks are to be added so that blocks and inodes suffice; 0 when they do. */
export function missingBlocks(numbers: FileSystemNumbers, needs: Needs): number {
  const { countFreeBlocks, countFreeInodes, blocksPerGroup, inodesPerGroup } = numbers;
  const missingData = Math.max(
    0,
    freeBlocksNeeded(needs) - GEOMETRY_TOLERANCE_BLOCKS - countFreeBlocks,
  );
  const missingInodes = Math.max(0, needs.countInodes - countFreeInodes - RESERVED_INODES);
  if (missingData === 0 && missingInodes === 0) return 0;
  const perGroup = overhead(1, inodesPerGroup, numbers.blockSizeBytes);
  const groupsForData = Math.ceil(missingData / (blocksPerGroup - perGroup));
  const groupsForInodes = Math.ceil(missingInodes / inodesPerGroup);
  const forData = missingData + groupsForData * perGroup + perGroup;
  return Math.max(forData, groupsForInodes * blocksPerGroup);
}

/** The geometry is an estimate as well: less than this is not worth a resize. */
const GEOMETRY_TOLERANCE_BLOCKS = 32;

/** Those of `needs` that a new file system has taken already. */
const RESERVED_INODES = 11;
