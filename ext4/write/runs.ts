/**
 * The whole image from front to back: fixed structures and contents, woven into one order.
 *
 * Each source makes its bytes in its own order; the geometry cuts them to pieces.
 * @module
 */

import type { ImagePlan } from "../plan/image_plan.ts";
import type { Segments } from "../plan/segments.ts";
import { groupsWithSuperblock } from "../sparse_super.ts";
import { bitmapRuns } from "./bitmaps.ts";
import { contentRuns } from "./content_items.ts";
import { encodeDescriptors } from "./group_descriptors.ts";
import { inodeTableRuns } from "./inode_tables.ts";
import { InodesChecksum } from "./inodes_checksum.ts";
import { type Run, runLengthBytes } from "./run.ts";
import { superblockRuns } from "./superblock_copies.ts";

/** A piece of the image and the source of its bytes. */
interface Stretch {
  readonly firstBlock: number;
  readonly countBlocks: number;
  readonly source: Source;
}

/** All runs of the image; their lengths add up to its size. */
export function* imageRuns(plan: ImagePlan): Generator<Run> {
  const { blockSizeBytes, geometry } = plan;
  let block = 0;
  for (const { firstBlock, countBlocks, source } of stretchesOf(plan)) {
    if (firstBlock > block) {
      yield { kind: "zeros", lengthBytes: (firstBlock - block) * blockSizeBytes };
    }
    for (const run of source.take(countBlocks * blockSizeBytes)) {
      if (run.kind !== "file") {
        yield run;
        continue;
      }
      const countInFile = Math.min(run.lengthBytes, run.sizeBytes - run.offsetBytes);
      if (countInFile > 0) yield cut(run, 0, countInFile);
      const countBehind = run.lengthBytes - Math.max(countInFile, 0);
      if (countBehind > 0) yield { kind: "zeros", lengthBytes: countBehind };
    }
    block = firstBlock + countBlocks;
  }
  if (block !== geometry.countBlocks) {
    throw new Error(`icecore bug: the runs end at block ${block} of ${geometry.countBlocks}.`);
  }
}

function stretchesOf(plan: ImagePlan): Stretch[] {
  const { geometry } = plan;
  const { firstDataBlock, blocksPerGroup, countDescriptorBlocks } = geometry;
  const stretches: Stretch[] = [];
  const descriptors: Run = { kind: "bytes", bytes: encodeDescriptors(plan) };
  for (const group of groupsWithSuperblock(geometry.countGroups)) {
    const firstBlock = firstDataBlock + group * blocksPerGroup;
    stretches.push(
      { firstBlock, countBlocks: 1, source: new Source(superblockRuns(plan, group)) },
      {
        firstBlock: firstBlock + 1,
        countBlocks: countDescriptorBlocks,
        source: new Source([descriptors].values()),
      },
    );
  }
  const add = (segments: Segments, source: Source) => {
    for (let k = 0; k < segments.count; k++) {
      const firstBlock = segments.firstBlock[k]!;
      stretches.push({ firstBlock, countBlocks: segments.countBlocks[k]!, source });
    }
  };
  add(geometry.bitmaps, new Source(bitmapRuns(plan)));
  const inodesChecksum = new InodesChecksum(plan);
  add(geometry.tables, new Source(inodeTableRuns(plan, (tables) => inodesChecksum.add(tables))));
  add(geometry.contents, new Source(contentRuns(plan, inodesChecksum)));
  return stretches.sort((a, b) => a.firstBlock - b.firstBlock);
}

/** Runs that are taken in lengths other than their own. */
class Source {
  #rest: Run | undefined;

  constructor(private readonly runs: Iterator<Run>) {}

  *take(lengthBytes: number): Generator<Run> {
    for (let left = lengthBytes; left > 0;) {
      const run = this.#rest ?? this.#next();
      const length = runLengthBytes(run);
      if (length <= left) {
        this.#rest = undefined;
        left -= length;
        yield run;
      } else {
        this.#rest = cut(run, left, length);
        yield cut(run, 0, left);
        left = 0;
      }
    }
  }

  #next(): Run {
    const { done, value } = this.runs.next();
    if (done === true) throw new Error("icecore bug: a source of the image ended early.");
    return value;
  }
}

/** Bytes `[start, end)` of a run. */
function cut(run: Run, start: number, end: number): Run {
  switch (run.kind) {
    case "bytes":
      return { kind: "bytes", bytes: run.bytes.subarray(start, end) };
    case "zeros":
      return { kind: "zeros", lengthBytes: end - start };
    case "digests": {
      const { header, offsetBytes } = run;
      return {
        kind: "digests",
        header,
        offsetBytes: offsetBytes + start,
        lengthBytes: end - start,
      };
    }
    case "file":
      return {
        kind: "file",
        inode: run.inode,
        number: run.number,
        sizeBytes: run.sizeBytes,
        hasLongHoles: run.hasLongHoles,
        offsetBytes: run.offsetBytes + start,
        lengthBytes: end - start,
      };
  }
}
