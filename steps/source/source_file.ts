/**
 * Reads the files of a source as they were planned, and notices what changed since.
 *
 * An image's plan cannot wait for a source to rest: a file is read up to its planned size, what is
 * missing is zeros, and the problem is named.
 * @module
 */

import { S_IFMT, S_IFREG, type Tree, type TreeInode } from "../../ext4/tree.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { close, type Descriptor, readFullyAt } from "../../host/libc/files.ts";
import { StatusBuffer, statusOfOpen } from "../../host/libc/status.ts";
import type { Problem, ProblemKind } from "../../pipeline/problem.ts";
import type { ScannedSource } from "../../pipeline/step.ts";

/** Reads one file after the other. */
export class SourceFile {
  readonly #tree: Tree;
  readonly #status = new StatusBuffer();
  #inode = 0 as TreeInode;
  #fd: Descriptor | undefined;
  #hasProblem = false;

  constructor(
    private readonly source: ScannedSource,
    private readonly onProblem: (problem: Problem) => void,
  ) {
    this.#tree = source.tree;
  }

  /** Opens a regular file. One that cannot be opened is reported and reads as zeros. */
  open(inode: TreeInode): void {
    this.#inode = inode;
    this.#hasProblem = false;
    try {
      this.#fd = this.source.open(inode) as Descriptor;
    } catch (error) {
      this.#fail(error, "the image holds zeros for it");
      this.#close();
    }
  }

  /** Fills `into` from a position within the planned size; what cannot be read becomes zeros. */
  read(into: Uint8Array, offsetBytes: number): void {
    let done = 0;
    if (this.#fd !== undefined) {
      try {
        done = readFullyAt(this.#fd, into, offsetBytes);
        if (done < into.length) {
          const at = offsetBytes + done;
          this.#report("changed", `it became shorter: the image holds zeros from byte ${at} on`);
        }
      } catch (error) {
        this.#fail(error, `the image holds zeros from byte ${offsetBytes} on`);
        this.#close();
      }
    }
    into.fill(0, done);
  }

  /** Closes the file, and reports one that changed while it was read. */
  close(): void {
    if (this.#fd !== undefined && !this.#hasProblem) this.#compare(this.#fd);
    this.#close();
  }

  #compare(fd: Descriptor): void {
    const { mtime, sizeBytes } = this.#tree;
    const inode = this.#inode;
    try {
      statusOfOpen(fd, this.#status);
    } catch (error) {
      return this.#fail(error, "it cannot be told whether it changed");
    }
    const sameTime = this.#status.hasMtime(mtime.seconds[inode]!, mtime.nanoseconds[inode]!);
    if ((this.#status.mode & S_IFMT) !== S_IFREG) {
      this.#report("changed", "it is no regular file any more; the image may hold anything for it");
    } else if (this.#status.sizeBytes > sizeBytes[inode]!) {
      this.#report(
        "changed",
        `it became longer: the image holds its first ${sizeBytes[inode]} bytes`,
      );
    } else if (
      this.#status.sizeBytes < sizeBytes[inode]! || !sameTime
    ) {
      this.#report("changed", "it was written to: the image may hold parts of old and new content");
    }
  }

  #fail(error: unknown, result: string): void {
    if (!(error instanceof SystemError)) throw error;
    const kind = KINDS[error.code] ?? "unreadable";
    this.#report(kind, `${MEANINGS[error.code] ?? error.meaning}; ${result}`);
  }

  /** The first problem of a file says enough. */
  #report(kind: ProblemKind, reason: string): void {
    if (this.#hasProblem) return;
    this.#hasProblem = true;
    this.onProblem({ kind, path: this.source.pathOf(this.#inode), reason });
  }

  #close(): void {
    if (this.#fd !== undefined) close(this.#fd);
    this.#fd = undefined;
  }
}

const KINDS: Readonly<Record<string, ProblemKind>> = {
  ENOENT: "vanished",
  ENOTDIR: "changed",
  ELOOP: "changed",
  ENXIO: "changed",
  ESPIPE: "changed",
  EISDIR: "changed",
};
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: "it is gone",
  ENOTDIR: "its folder is no folder any more",
  ELOOP: "it became a symbolic link",
  ENXIO: "it is no regular file any more",
  ESPIPE: "it is no regular file any more",
  EISDIR: "it became a folder",
};
