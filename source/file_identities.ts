/**
 * Which inode each row of a tree was when it was scanned, so that no other is read in its place.
 *
 * A name is looked at when it is scanned and opened when it is packed. Whoever may write to a folder
 * above it can put another file there meanwhile, which the reader may read and he may not.
 * @module
 */

import { f64Column, u32Column } from "../ext4/columns.ts";
import type { TimeColumn, Tree, TreeInode } from "../ext4/tree.ts";
import type { StatusBuffer } from "../host/libc/status.ts";
import type { FileIdentity } from "../pipeline/scanned_source.ts";

/** Spreads the number of a file system over all bits; odd, so that no two become the same. */
const SPREAD = 0x9e37_79b1;

/** Inode numbers and change times by row: 20 bytes each. */
export class FileIdentities {
  readonly #low = u32Column();
  readonly #high = u32Column();
  readonly #seconds = f64Column();
  readonly #nanoseconds = u32Column();

  /** Remembers an inode. */
  set(row: TreeInode, status: StatusBuffer): void {
    const { seconds, nanoseconds } = status.ctime;
    this.#low.set(row, status.inodeLow);
    this.#high.set(row, highOf(status));
    this.#seconds.set(row, seconds);
    this.#nanoseconds.set(row, nanoseconds);
  }

  /** When each inode, its metadata included, last changed. */
  get ctime(): TimeColumn {
    return { seconds: this.#seconds.array, nanoseconds: this.#nanoseconds.array };
  }

  /** What is known of a row, by which it is known again. */
  of(row: TreeInode, tree: Tree): FileIdentity {
    const timeOf = ({ seconds, nanoseconds }: TimeColumn) => ({
      seconds: seconds[row]!,
      nanoseconds: nanoseconds[row]!,
    });
    return {
      inodeLow: this.#low.array[row]!,
      inodeHigh: this.#high.array[row]!,
      mode: tree.mode[row]!,
      uid: tree.uid[row]!,
      gid: tree.gid[row]!,
      sizeBytes: tree.sizeBytes[row]!,
      mtime: timeOf(tree.mtime),
      ctime: timeOf(this.ctime),
    };
  }

  /** Whether a regular file is the one that was scanned. */
  isSame(row: TreeInode, status: StatusBuffer, tree: Tree): boolean {
    const isNumbered = this.#low.array[row] === status.inodeLow &&
      this.#high.array[row] === highOf(status);
    return isNumbered || isUnchanged(this.of(row, tree), status);
  }
}

/** Whether a regular file is the one that was scanned. */
export function isSameFile(expected: FileIdentity, status: StatusBuffer): boolean {
  const isNumbered = expected.inodeLow === status.inodeLow &&
    expected.inodeHigh === highOf(status);
  return isNumbered || isUnchanged(expected, status);
}

/**
 * FAT, exFAT, many FUSE file systems and those that are mounted on demand give a file another
 * number when the kernel has forgotten it meanwhile. Nobody can set a change time.
 */
function isUnchanged(expected: FileIdentity, status: StatusBuffer): boolean {
  const { mode, uid, gid, sizeBytes, mtime, ctime } = expected;
  return mode === status.mode && uid === status.uid && gid === status.gid &&
    sizeBytes === status.sizeBytes && status.hasMtime(mtime.seconds, mtime.nanoseconds) &&
    status.hasCtime(ctime.seconds, ctime.nanoseconds);
}

/** The number of the file system is mixed in: few inodes have a number of more than 32 bits. */
function highOf({ inodeHigh, fileSystemNumber }: StatusBuffer): number {
  return (inodeHigh ^ Math.imul(fileSystemNumber, SPREAD)) >>> 0;
}
