/**
 * Small files, of which there may be many: read here, completed on another thread.
 * @module
 */

import type { InodeNumber } from "../../../ext4/numbers.ts";
import { hasType, S_IFREG, type Tree, type TreeInode } from "../../../ext4/tree.ts";
import type { Breather } from "../../../host/breathe.ts";
import { atForcedExit } from "../../../host/forced_exit.ts";
import { SystemError } from "../../../host/libc/errno.ts";
import type { Descriptor } from "../../../host/libc/files.ts";
import { type ContentCopier, MOST_SMALL_BYTES } from "./content_copier.ts";
import type { Describer } from "./describer.ts";
import { FileCompleter } from "./file_completer.ts";
import type { Losses } from "./losses.ts";

/** With fewer files, starting a thread takes longer than it saves. */
const MANY_FILES = 1000;

/** What it works with. */
export interface SmallFilesParts {
  readonly tree: Tree;
  readonly copier: ContentCopier;
  readonly describer: Describer;
  readonly losses: Losses;
  readonly breather: Breather;
  inodeOf(row: TreeInode): InodeNumber;
  pathOf(row: TreeInode): string;
  /** Removes a file that could not be completed. */
  remove(row: TreeInode): void;
}

/** Takes small files over. */
export class SmallFiles {
  readonly #completer: FileCompleter | undefined;
  readonly #forget = atForcedExit(() => this.#end());

  constructor(private readonly parts: SmallFilesParts) {
    this.#completer = hasMany(parts.tree) ? new FileCompleter(parts.breather) : undefined;
  }

  /** Takes an empty, open file over to fill, describe and close it; or returns false. */
  async takeOver(row: TreeInode, fd: Descriptor): Promise<boolean> {
    const completer = this.#completer;
    const { tree, describer, copier, inodeOf } = this.parts;
    // A file that might have to be removed again must not have other names yet.
    if (completer === undefined || tree.countNames[row] !== 1 || !describer.isPlain(row)) {
      return false;
    }
    const sizeBytes = tree.sizeBytes[row]!;
    if (sizeBytes > MOST_SMALL_BYTES) return false;
    if (sizeBytes === 0) await completer.room(0);
    else if (!await copier.readSmall(inodeOf(row), (size) => completer.room(size))) return false;
    completer.add(describer.beginPlain(fd, row));
    return true;
  }

  /** Waits until all are complete. @throws IncompleteFileError */
  async finish(): Promise<void> {
    const { losses, pathOf } = this.parts;
    for (const { row, what, call, errno } of await this.#completer?.finish() ?? []) {
      const error = new SystemError(call, errno);
      losses.addError("metadata", what, error, () => pathOf(row as TreeInode));
    }
  }

  /** Files that were taken over and had to be removed, for certain when all is ended. */
  get countIncomplete(): number {
    return this.#completer?.incomplete.length ?? 0;
  }

  /** Ends the work; a second call does no harm. What was taken over is complete then, or removed. */
  close(): void {
    this.#forget();
    this.#end();
  }

  #end(): void {
    this.#completer?.close();
    for (const row of this.#completer?.incomplete ?? []) this.parts.remove(row);
  }
}

function hasMany(tree: Tree): boolean {
  let count = 0;
  for (let row = 0; row < tree.countInodes && count < MANY_FILES; row++) {
    if (hasType(tree, row as TreeInode, S_IFREG)) count++;
  }
  return count === MANY_FILES;
}
