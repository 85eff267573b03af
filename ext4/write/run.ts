/**
 * A piece of the image, in order, as the one who writes it gets it.
 * @module
 */

import type { TreeInode } from "../tree.ts";

/** Bytes made on demand, a range of a source file, or zeros. */
export type Run =
  /** Valid until the next run is asked for. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** Never reaches past the planned end of the file. */
  | {
    readonly kind: "file";
    readonly inode: TreeInode;
    readonly offsetBytes: number;
    readonly lengthBytes: number;
  }
  | { readonly kind: "zeros"; readonly lengthBytes: number };

/** How long a run is. */
export function runLengthBytes(run: Run): number {
  return run.kind === "bytes" ? run.bytes.length : run.lengthBytes;
}
