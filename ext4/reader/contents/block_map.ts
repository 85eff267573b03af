/**
 * Where the blocks of a file lie, whichever of the two ways they are recorded in.
 * @module
 */

import type { BlockNumber, FileBlock } from "../../numbers.ts";
import type { Reading } from "../reading.ts";

/** A run of file blocks that lie together in the image, or that are all hole. */
export interface Segment {
  /** First file block. */
  readonly start: FileBlock;
  readonly countBlocks: number;
  /** Where it lies; 0: a hole, or preallocated, which reads as zeros too. */
  readonly block: BlockNumber | 0;
}

/** Finds the blocks of one file. */
export interface BlockMap {
  /**
   * The run that holds `fileBlock`, from there on or from earlier.
   * @throws CorruptImageError when the map is broken on the way there
   */
  segmentAt(fileBlock: FileBlock): Reading<Segment>;
}
