/**
 * Reads the files of a source as they were planned, and notices what changed since.
 *
 * An image's plan cannot wait for a source to rest: a file is read up to its planned size, what is
 * missing or cannot be read is zeros, and the problem is named.
 * @module
 */

import type { InodeNumber } from "../ext4/numbers.ts";
import type { Tree, TreeInode } from "../ext4/tree.ts";
import type { Breather } from "../host/breathe.ts";
import { refuseOwnFault } from "../host/files/open_files.ts";
import { meaningOf, SystemError } from "../host/libc/errno.ts";
import { closeRead, type Descriptor, readAt } from "../host/libc/files.ts";
import type { Problem, ProblemKind } from "../pipeline/problem.ts";
import type { ExpectedFile, FileChange } from "../pipeline/scanned_source.ts";
import type { ScannedSource } from "../pipeline/step.ts";
import { CarefulReader, isOfAPart } from "./careful_reader.ts";
import { describeChange, expectedFile, howChanged } from "./file_change.ts";
import { LostRanges } from "./lost_ranges.ts";
import { ReplacedFileError } from "./same_file.ts";
import { settle } from "./settling.ts";

/** Who may look at a file once more and close it, instead of the thread that reads. */
export interface Finisher {
  /**
   * @param expected absent for a file that is to be closed only
   * @returns false when it has too much to do; the file then stays the caller's.
   */
  offer(fd: Descriptor, inode: TreeInode, expected?: ExpectedFile): boolean;
}

/** Reads one file after the other. */
export class SourceFile {
  readonly #tree: Tree;
  #inode = 0 as TreeInode;
  #fd: Descriptor | undefined;
  #careful: CarefulReader | undefined;
  #lost = new LostRanges();
  #lostWhy = "";
  #hasProblem = false;
  /** Whether what was opened is still to be looked at, once it was read. */
  #isUnseen = false;
  /** Whether nothing is left to be found out about the file. */
  #isDone = false;

  constructor(
    private readonly source: Pick<ScannedSource, "tree" | "ctime" | "pathOf" | "open" | "atOnce">,
    private readonly onProblem: (problem: Problem) => void,
    private readonly breather: Breather,
    private readonly finisher?: Finisher,
  ) {
    this.#tree = source.tree;
  }

  /** Waits where a file was written so recently that it could be once more unnoticed. */
  settle(inode: TreeInode): Promise<void> | undefined {
    const { mtime } = this.#tree;
    return settle({ mtime, ctime: this.source.ctime }, inode, this.breather);
  }

  /** The open file; `undefined` where it could not be opened, or cannot be read any more. */
  get descriptor(): Descriptor | undefined {
    return this.#fd;
  }

  /**
   * Opens a regular file. One that cannot be opened is reported and reads as zeros.
   * @param isReadAtOnce whether the next read takes all of it, and nobody sees the bytes before
   */
  open(inode: TreeInode, _number?: InodeNumber, isReadAtOnce = false): void {
    this.#inode = inode;
    this.#careful = undefined;
    this.#hasProblem = false;
    this.#isDone = false;
    const { atOnce } = this.source;
    this.#isUnseen = isReadAtOnce && atOnce !== undefined;
    try {
      this.#fd = (this.#isUnseen ? atOnce! : this.source).open(inode) as Descriptor;
    } catch (error) {
      this.#fail(error, "the image holds zeros for it");
    }
  }

  /**
   * Fills `into` from a position within the planned size; what cannot be read becomes zeros.
   * @returns A promise only where it takes more than one call.
   */
  read(into: Uint8Array, offsetBytes: number): void | Promise<void> {
    if (this.#fd === undefined) {
      into.fill(0);
      return;
    }
    let done = 0;
    try {
      done = readAt(this.#fd, into, offsetBytes);
    } catch (error) {
      if (!isOfAPart(error)) return this.#giveUp(error, into, offsetBytes);
    }
    if (this.#isUnseen && !this.#look(into, done)) return;
    if (done < into.length) return this.#readOn(into, offsetBytes, done);
  }

  /** Looks at a file that was opened unseen. @returns false when it is another one. */
  #look(into: Uint8Array, done: number): boolean {
    this.#isUnseen = false;
    const inode = this.#inode;
    try {
      const change = this.source.atOnce!.changeOf(
        inode,
        this.#fd!,
        expectedFile(this.source, inode),
      );
      if (change === "replaced") throw new ReplacedFileError(this.source.pathOf(inode));
      // What is left to be read may change until then.
      if (done < into.length) return true;
      this.#isDone = true;
      if (change !== undefined) this.reportChange(inode, change);
      return true;
    } catch (error) {
      this.#fail(error, "the image holds zeros for it");
      into.fill(0);
      this.#close();
      return false;
    }
  }

  async #readOn(into: Uint8Array, offsetBytes: number, done: number): Promise<void> {
    const fd = this.#fd!;
    this.#careful ??= new CarefulReader(
      (piece, at) => readAt(fd, piece, at),
      this.breather,
      (start, end, error) => {
        this.#lost.add(start, end);
        this.#lostWhy = meaningOf(error);
      },
    );
    try {
      const end = await this.#careful.read(into, offsetBytes, done);
      if (end === into.length) return;
      const at = offsetBytes + end;
      this.#report("changed", `it became shorter: the image holds zeros from byte ${at} on`);
      into.fill(0, end);
    } catch (error) {
      this.#giveUp(error, into, offsetBytes);
    }
  }

  #giveUp(error: unknown, into: Uint8Array, offsetBytes: number): void {
    this.#fail(error, `the image holds zeros from byte ${offsetBytes} on`);
    into.fill(0);
    this.#close();
  }

  /** Closes the file, and reports one that changed while it was read. */
  close(): void {
    this.#reportLost();
    const fd = this.#fd;
    if (fd === undefined) return;
    if (!this.#hasProblem) {
      const inode = this.#inode;
      const expected = this.#isDone ? undefined : expectedFile(this.source, inode);
      if (this.finisher?.offer(fd, inode, expected) === true) {
        this.#fd = undefined;
        return;
      }
      const change = expected && howChanged(fd, expected);
      if (change !== undefined) this.reportChange(inode, change);
    }
    this.#close();
  }

  /** Reports a file that was found to have changed. */
  reportChange(inode: TreeInode, change: FileChange): void {
    this.onProblem({
      kind: "changed",
      path: this.source.pathOf(inode),
      reason: describeChange(change, this.#tree.sizeBytes[inode]!),
    });
  }

  #fail(error: unknown, result: string): void {
    refuseOwnFault(error, this.source.pathOf(this.#inode));
    if (error instanceof ReplacedFileError) {
      return this.#report("changed", `another file has taken its place; ${result}`);
    }
    if (!(error instanceof SystemError)) throw error;
    const kind = KINDS[error.code] ?? "unreadable";
    this.#report(kind, `${MEANINGS[error.code] ?? error.meaning}; ${result}`);
  }

  #reportLost(): void {
    if (this.#lost.isEmpty) return;
    const reason = `${this.#lostWhy}; the image holds zeros for ${this.#lost}`;
    this.#lost = new LostRanges();
    this.#hasProblem = true;
    this.onProblem({ kind: "unreadable", path: this.source.pathOf(this.#inode), reason });
  }

  /** The first problem of a file says enough. */
  #report(kind: ProblemKind, reason: string): void {
    if (this.#hasProblem) return;
    this.#hasProblem = true;
    this.onProblem({ kind, path: this.source.pathOf(this.#inode), reason });
  }

  #close(): void {
    if (this.#fd !== undefined) closeRead(this.#fd);
    this.#fd = undefined;
  }
}

const KINDS: Readonly<Record<string, ProblemKind>> = {
  ENOENT: "vanished",
  ENOTDIR: "changed",
  ELOOP: "changed",
  ENXIO: "changed",
  EISDIR: "changed",
  ESPIPE: "changed",
};
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: "it is gone",
  ENOTDIR: "its folder is not a folder any more",
  ELOOP: "it became a symbolic link",
  ENXIO: "it is not a regular file any more",
  EISDIR: "it became a folder",
  ESPIPE: "it is not a regular file any more",
};
