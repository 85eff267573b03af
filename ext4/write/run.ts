/**
 * A piece of the image, in order, as the one who writes it gets it.
 * @module
 */

import type { InodeNumber } from "../numbers.ts";
import type { TreeInode } from "../tree.ts";

/** Bytes made on demand, a range of a source file, digests of what was read, or zeros. */
export type Run =
  /** Valid until the next run is asked for. */
  | {
    readonly kind: "bytes";
    readonly bytes: Uint8Array;
    /** Of all of a symbolic link's target: the inode of the image that it is stored under. */
    readonly link?: InodeNumber;
  }
  /** Never reaches past the planned end of the file. */
  | {
    readonly kind: "file";
    readonly inode: TreeInode;
    /** The inode of the image that it is stored under; a file with very many names has several. */
    readonly number: InodeNumber;
    readonly offsetBytes: number;
    readonly lengthBytes: number;
    /** Of the whole file. */
    readonly sizeBytes: number;
    /** Whether the digest of its contents passes its holes over. */
    readonly hasLongHoles: boolean;
  }
  /**
   * A range of what follows the record's header: for each inode from 1 on 32 bytes, the SHA-256 of
   * its contents or zeros, then the SHA-256 of header and table. Comes last, when all files went by.
   */
  | {
    readonly kind: "digests";
    readonly header: Uint8Array;
    readonly offsetBytes: number;
    readonly lengthBytes: number;
  }
  | { readonly kind: "zeros"; readonly lengthBytes: number };

/** How long a run is. */
export function runLengthBytes(run: Run): number {
  return run.kind === "bytes" ? run.bytes.length : run.lengthBytes;
}
