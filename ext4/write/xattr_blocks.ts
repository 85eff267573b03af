/**
 * Blocks of attributes, each shared by up to 1,024 inodes with the same set.
 * @module
 */

import { xattrBlockChecksum } from "../checksums.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { blockOfItem } from "../plan/segments.ts";
import { countSharedBlocks } from "../plan/xattr_plan.ts";
import { XATTR_HEADER, XATTR_MAGIC, XATTR_REFCOUNT_MAX } from "../structs/xattr.ts";
import { xattrBlockHash } from "../xattr_hash.ts";
import type { Run } from "./run.ts";
import { writeXattrs } from "./xattr_entries.ts";

/** All attribute blocks, by set. */
export function* xattrBlockRuns(plan: ImagePlan): Generator<Run> {
  const { tree, xattrs, layout, geometry, blockSizeBytes } = plan;
  const bytes = new Uint8Array(blockSizeBytes);
  for (let set = 1; set < tree.xattrSets.length; set++) {
    const users = xattrs.countUsers[set]!;
    if (users === 0) continue;
    const list = xattrs.placementOf(set).block;
    if (list.length === 0) continue;
    for (let nth = 0; nth < countSharedBlocks(users); nth++) {
      bytes.fill(0);
      const start = XATTR_HEADER.sizeBytes;
      const area = { bytes, start, end: blockSizeBytes, base: 0, hashed: true };
      const hashes = writeXattrs(area, list, xattrs, plan.seed);
      XATTR_HEADER.encodeInto(bytes, 0, {
        h_magic: XATTR_MAGIC,
        h_refcount: Math.min(users - nth * XATTR_REFCOUNT_MAX, XATTR_REFCOUNT_MAX),
        h_blocks: 1,
        h_hash: xattrBlockHash(hashes),
      });
      const item = layout.firstXattrItem + xattrs.firstBlock[set]! + nth;
      const block = blockOfItem(geometry.contents, item);
      XATTR_HEADER.encodeInto(bytes, 0, {
        h_checksum: xattrBlockChecksum(plan.seed, block, bytes, 0, blockSizeBytes),
      });
      yield { kind: "bytes", bytes };
    }
  }
}
