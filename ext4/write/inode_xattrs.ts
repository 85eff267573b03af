/**
 * The attributes of one inode: those in it, and the block with the others.
 * @module
 */

import { highHalf, lowHalf } from "../numbers.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { blockOfItem } from "../plan/segments.ts";
import { IBODY_SIZE_BYTES } from "../plan/xattr_placement.ts";
import { INODE, INODE_SIZE_BYTES } from "../structs/inode.ts";
import { XATTR_IBODY_HEADER, XATTR_MAGIC, XATTR_REFCOUNT_MAX } from "../structs/xattr.ts";
import { writeXattrs } from "./xattr_entries.ts";

/** Writes attributes into inodes, which must come in the order of their numbers. */
export interface InodeXattrs {
  /** @returns the blocks that count for the inode: its attribute block, and values in inodes */
  write(at: number, set: number): number;
}

/** @param buffer,view what the inodes are written into */
export function inodeXattrs(plan: ImagePlan, view: DataView, buffer: Uint8Array): InodeXattrs {
  const { xattrs, layout, geometry } = plan;
  const countWritten = new Uint32Array(plan.tree.xattrSets.length);
  const bodyOffset = INODE_SIZE_BYTES - IBODY_SIZE_BYTES;
  const body = new Uint8Array(IBODY_SIZE_BYTES);
  let bodySet = 0;

  function renderBody(set: number): void {
    body.fill(0);
    bodySet = set;
    const list = xattrs.placementOf(set).body;
    if (list.length === 0) return;
    XATTR_IBODY_HEADER.encodeInto(body, 0, { h_magic: XATTR_MAGIC });
    const start = XATTR_IBODY_HEADER.sizeBytes;
    const area = { bytes: body, start, end: body.length, base: start, hashed: false };
    writeXattrs(area, list, xattrs, plan.seed);
  }

  return {
    write(at, set) {
      if (set !== bodySet) renderBody(set);
      buffer.set(body, at + bodyOffset);
      let countBlocks = xattrs.countValueBlocks[set]!;
      if (xattrs.placementOf(set).block.length > 0) {
        const nth = Math.floor(countWritten[set]!++ / XATTR_REFCOUNT_MAX);
        const item = layout.firstXattrItem + xattrs.firstBlock[set]! + nth;
        const block = blockOfItem(geometry.contents, item);
        view.setUint32(at + INODE.offsets.i_file_acl_lo, lowHalf(block), true);
        view.setUint16(at + INODE.offsets.l_i_file_acl_high, highHalf(block), true);
        countBlocks++;
      }
      return countBlocks;
    },
  };
}
