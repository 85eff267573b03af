/**
 * What is known of a folder of a walk before it is listed.
 * @module
 */

import type { Stat } from "../metadata/stat.ts";

/** A folder that is being walked. */
export interface FolderOfWalk {
  /** From the root of the image, without a slash at its start; empty for the root itself. */
  readonly path: Uint8Array;
  /** 0 for the folder the walk began at. */
  readonly depth: number;
  /** Its metadata. */
  readonly stat: Stat;
}
