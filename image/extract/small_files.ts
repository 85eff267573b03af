/**
 * Small files, of which there may be many: read here, made by two threads.
 * @module
 */

import { hasType, S_IFREG, type Tree, type TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { atForcedExit } from "../../host/ends/forced_exit.ts";
import { SystemError } from "../../host/libc/errno.ts";
import type { ContentCheck } from "../content_check.ts";
import type { ImageReader } from "../image_reader.ts";
import type { ImageTree } from "../image_tree.ts";
import type { Describer } from "./describer.ts";
import { SmallFileWriter } from "./small_file_writer.ts";
import type { TargetFolders } from "./target_folders.ts";

/** With fewer files, starting a thread takes longer than it saves. */
const MANY_FILES = 1000;
/** Files up to this size are read whole. */
const MOST_SMALL_BYTES = 256 << 10;

/** What it works with. */
export interface SmallFilesParts {
  readonly image: ImageReader;
  readonly folders: TargetFolders;
  readonly describer: Describer;
  readonly breather: Breather;
  readonly source: ImageTree;
  /** Compares what is read with the record, if there is one; its digests are loaded. */
  readonly check: ContentCheck | undefined;
  /** Hears of a file that differs from the record. @returns Whether it is made all the same. */
  onDifferent(row: TreeInode): Promise<boolean>;
  /** Whether a file of this size is rather cloned than copied. */
  isCloned(sizeBytes: number): boolean;
  /** Receives how many bytes were read. */
  onRead(sizeBytes: number): void;
}

/** Takes small files over. */
export class SmallFiles {
  readonly #writer: SmallFileWriter | undefined;
  readonly #forget = atForcedExit(() => this.#writer?.close());
  #countTaken = 0;

  constructor(private readonly parts: SmallFilesParts) {
    const { source, breather, folders } = parts;
    if (hasMany(source.tree)) {
      this.#writer = new SmallFileWriter(breather, (row) => folders.reopen(row));
    }
  }

  /** Files that were taken over and are not complete. */
  get countIncomplete(): number {
    return this.#countTaken - (this.#writer?.countMade ?? 0);
  }

  /**
   * Takes a file over that is not there yet, or returns false.
   * @returns A promise only where the image's bytes have to be waited for.
   */
  takeOver(folder: TreeInode, name: Uint8Array, row: TreeInode): boolean | Promise<boolean> {
    const writer = this.#writer;
    const { image, source, describer } = this.parts;
    const { tree } = source;
    const sizeBytes = tree.sizeBytes[row]!;
    // What has several names is linked to by the next: it must be there by then.
    const isSimple = tree.countNames[row] === 1 && describer.isPlain(row);
    const contentsAt = source.contentsAtOf(row);
    const isShort = sizeBytes === 0 || (sizeBytes <= MOST_SMALL_BYTES && contentsAt !== 0);
    if (writer === undefined || !isSimple || !isShort) return false;
    if (this.parts.isCloned(sizeBytes)) return false;
    const room = writer.room(sizeBytes);
    const handOver = () => {
      this.parts.onRead(sizeBytes);
      this.#countTaken++;
      writer.add({ folder, name, row, metadata: describer.plainMetadata(row), sizeBytes });
      return true;
    };
    if (sizeBytes === 0) return handOver();
    const inode = source.inodeOf(row);
    const judge = () => {
      if (this.parts.check?.matches(inode, room) ?? true) return handOver();
      return this.parts.onDifferent(row).then((isMade) => isMade ? handOver() : true);
    };
    const reading = image.readContiguous({ inode, contentsAt }, room);
    return reading instanceof Promise ? reading.then(judge) : judge();
  }

  /** Waits until all are complete. @throws IncompleteFileError */
  async finish(): Promise<void> {
    for (const { row, what, call, errno, count } of await this.#writer?.finish() ?? []) {
      this.parts.describer.refused(row, what, new SystemError(call, errno), count);
    }
  }

  /** Ends the work; a second call does no harm. Each file is complete then, or not there. */
  close(): void {
    this.#forget();
    this.#writer?.close();
  }
}

function hasMany(tree: Tree): boolean {
  let count = 0;
  for (let row = 0; row < tree.countInodes && count < MANY_FILES; row++) {
    if (hasType(tree, row as TreeInode, S_IFREG)) count++;
  }
  return count === MANY_FILES;
}
