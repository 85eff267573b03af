/**
 * One block of names.
 * @module
 */

import { directoryChecksum, inodeSeed } from "../checksums.ts";
import { FIRST_INODE, type InodeNumber } from "../numbers.ts";
import { entriesSpaceBytes, LOST_AND_FOUND_ENTRY } from "../plan/folder_leaves.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { numberOfSplitEntry } from "../plan/link_splits.ts";
import { LOST_AND_FOUND } from "../plan/names.ts";
import {
  DIR_ENTRY,
  DIR_ENTRY_TAIL,
  DIR_TAIL_FILE_TYPE,
  dirEntrySizeBytes,
  FILE_TYPE,
  fileTypeOfMode,
} from "../structs/directory.ts";

const O = DIR_ENTRY.offsets;
const TAIL = DIR_ENTRY_TAIL.offsets;
const DOTS = Uint8Array.of(0x2e, 0x2e);

/** Writes blocks into one buffer, which must be zero where a block is written. */
export interface DirectoryWriter {
  /**
   * Writes a block of names.
   * @param number of the folder
   * @param parent `..` of the folder; 0: the block is not the first, and has no `.` and `..`
   * @param entries name rows, of which `[first, end)` are written
   */
  block(
    at: number,
    number: number,
    parent: number,
    entries: Uint32Array,
    first: number,
    end: number,
  ): void;
}

/** A writer into `buffer`. */
export function directoryWriter(plan: ImagePlan, buffer: Uint8Array): DirectoryWriter {
  const { tree, inventory, blockSizeBytes } = plan;
  const { byInode } = inventory.splits;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const space = entriesSpaceBytes(blockSizeBytes);

  function write(
    at: number,
    number: number,
    source: Uint8Array,
    start: number,
    length: number,
    fileType: number,
  ): number {
    const sizeBytes = dirEntrySizeBytes(length);
    view.setUint32(at + O.inode, number, true);
    view.setUint16(at + O.rec_len, sizeBytes, true);
    buffer[at + O.name_len] = length;
    buffer[at + O.file_type] = fileType;
    const nameAt = at + DIR_ENTRY.sizeBytes;
    for (let i = 0; i < length; i++) buffer[nameAt + i] = source[start + i]!;
    return sizeBytes;
  }

  function writeEntry(at: number, entry: number): number {
    if (entry === LOST_AND_FOUND_ENTRY) {
      const { length } = LOST_AND_FOUND;
      return write(at, FIRST_INODE, LOST_AND_FOUND, 0, length, FILE_TYPE.directory);
    }
    const inode = tree.entryInode[entry]!;
    let number = inventory.numberOf[inode]!;
    if (byInode.size > 0) {
      const split = byInode.get(inode);
      if (split !== undefined) number = numberOfSplitEntry(split, entry, number);
    }
    const fileType = fileTypeOfMode(tree.mode[inode]!);
    const start = tree.nameOffset[entry]!;
    return write(at, number, tree.bytes, start, tree.nameLength[entry]!, fileType);
  }

  return {
    block(at, number, parent, entries, first, end) {
      let next = at;
      let last = at;
      if (parent !== 0) {
        next += write(next, number, DOTS, 0, 1, FILE_TYPE.directory);
        last = next;
        next += write(next, parent, DOTS, 0, 2, FILE_TYPE.directory);
      }
      for (let i = first; i < end; i++) {
        last = next;
        next += writeEntry(next, entries[i]!);
      }
      // The last entry reaches to the tail, so that readers without checksums see no gap.
      view.setUint16(last + O.rec_len, at + space - last, true);

      const tail = at + space;
      view.setUint16(tail + TAIL.det_rec_len, DIR_ENTRY_TAIL.sizeBytes, true);
      buffer[tail + TAIL.det_reserved_ft] = DIR_TAIL_FILE_TYPE;
      const seed = inodeSeed(plan.seed, number as InodeNumber, 0);
      const checksum = directoryChecksum(seed, buffer, at, at + blockSizeBytes);
      view.setUint32(tail + TAIL.det_checksum, checksum, true);
    },
  };
}
