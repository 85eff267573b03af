/**
 * Extent trees that do not fit into their inode: for each, its leaves, then the levels above.
 * @module
 */

import { extentBlockChecksum, inodeSeed } from "../checksums.ts";
import type { InodeNumber } from "../numbers.ts";
import { extentLevels, type Extents, extentsOf, fewestExtentsFor } from "../plan/extents.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { spanOf } from "../plan/layout.ts";
import { blockOfItem } from "../plan/segments.ts";
import { EXTENT_HEADER, EXTENT_TAIL, extentsInBlock } from "../structs/extent.ts";
import { writeExtentHeader, writeExtentIndex, writeLeafEntries } from "./extent_root.ts";
import type { Run } from "./run.ts";

/** All extent blocks, by inode number. */
export function* extentBlockRuns(plan: ImagePlan): Generator<Run> {
  const { tree, layout, blockSizeBytes } = plan;
  const { contents } = plan.geometry;
  const perBlock = extentsInBlock(blockSizeBytes);
  const bytes = new Uint8Array(blockSizeBytes);
  const view = new DataView(bytes.buffer);
  const tail = EXTENT_HEADER.sizeBytes * (1 + perBlock);

  for (const [number, { start, countBlocks, owner }] of layout.extentBlocks) {
    const span = spanOf(tree, owner, layout.firstDataItem, blockSizeBytes);
    const extents = extentsOf(span, contents, fewestExtentsFor(countBlocks, perBlock));
    const seed = inodeSeed(plan.seed, number as InodeNumber, 0);
    let below = 0;
    let item = start;
    for (const [depth, countNodes] of extentLevels(extents.count, perBlock).entries()) {
      const countEntries = depth === 0 ? extents.count : below;
      const firstBelow = item - below;
      for (let node = 0; node < countNodes; node++) {
        const first = node * perBlock;
        const count = Math.min(perBlock, countEntries - first);
        bytes.fill(0);
        writeExtentHeader(view, 0, count, perBlock, depth);
        if (depth === 0) writeLeafEntries(view, 0, extents, first, count);
        else writeIndexEntries(view, extents, first, count, perBlock ** depth, firstBelow);
        const checksum = extentBlockChecksum(seed, bytes, 0, tail);
        view.setUint32(tail + EXTENT_TAIL.offsets.et_checksum, checksum, true);
        yield { kind: "bytes", bytes };
      }
      below = countNodes;
      item += countNodes;
    }
  }

  function writeIndexEntries(
    view: DataView,
    extents: Extents,
    first: number,
    count: number,
    extentsPerEntry: number,
    firstBelow: number,
  ): void {
    for (let i = 0; i < count; i++) {
      const at = EXTENT_HEADER.sizeBytes * (1 + i);
      const fileBlock = extents.fileBlock[(first + i) * extentsPerEntry]!;
      writeExtentIndex(view, at, fileBlock, blockOfItem(contents, firstBelow + first + i));
    }
  }
}
