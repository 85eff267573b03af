/**
 * Reads the contents of small files into batches. Those that lie one behind the other in an image
 * of this machine are read at once: of many small files, a call for each would take longer than the
 * bytes.
 * @module
 */

import type { TreeEntry, TreeInode } from "../../ext4/tree.ts";
import type { ImageReader } from "../image_reader.ts";
import type { ImageTree } from "../image_tree.ts";
import type { BatchWriter } from "./file_batch.ts";

/** Reads for one batch at a time. */
export class SmallContents {
  readonly #readsNeighbours: boolean;
  readonly #blockSizeBytes: number;
  /** What was read last: into which batch, where to, and which bytes of the image. */
  #batch: BatchWriter | undefined;
  #at = 0;
  #startBytes = 0;
  #endBytes = 0;

  /** @param mostBytes Longer files are left alone. */
  constructor(
    private readonly image: ImageReader,
    private readonly source: ImageTree,
    private readonly mostBytes: number,
  ) {
    // Of a server no more is asked for than is wanted, and what is asked for is kept.
    this.#readsNeighbours = image.storage?.file !== undefined;
    this.#blockSizeBytes = image.info.blockSizeBytes;
  }

  /** Where the contents of a file are in a batch; `undefined` where they were not read yet. */
  find(batch: BatchWriter | undefined, row: TreeInode): number | undefined {
    if (batch === undefined || batch !== this.#batch) return undefined;
    const at = this.source.contentsAtOf(row);
    const end = at + this.source.tree.sizeBytes[row]!;
    return at >= this.#startBytes && end <= this.#endBytes
      ? this.#at + at - this.#startBytes
      : undefined;
  }

  /**
   * Reads the contents of a file that lie in one piece, and of those behind it, into a batch that has
   * room for the first.
   * @returns A promise only where the image's bytes have to be waited for.
   */
  read(batch: BatchWriter, entry: TreeEntry): void | Promise<void> {
    const { tree } = this.source;
    const row = tree.entryInode[entry]! as TreeInode;
    const start = this.source.contentsAtOf(row);
    const ownEnd = start + tree.sizeBytes[row]!;
    const end = this.#readsNeighbours ? this.#endOfRun(batch, entry, start, ownEnd) : ownEnd;
    const at = batch.take(end - start);
    const read = (end: number): void | Promise<void> => {
      const stat = { inode: this.source.inodeOf(row), contentsAt: start };
      const reading = this.image.readContiguous(stat, batch.view(at, end - start));
      this.#batch = batch;
      this.#at = at;
      this.#startBytes = start;
      this.#endBytes = end;
      return reading;
    };
    if (end === ownEnd) return read(ownEnd);
    // Whatever is wrong, it may be another file's.
    try {
      const reading = read(end);
      return reading instanceof Promise ? reading.catch(() => read(ownEnd)) : reading;
    } catch {
      return read(ownEnd);
    }
  }

  #endOfRun(batch: BatchWriter, entry: TreeEntry, start: number, ownEnd: number): number {
    const { tree } = this.source;
    const lastEntry = Math.min(entry + batch.roomFiles, tree.countEntries);
    let end = ownEnd;
    for (let next = entry + 1; next < lastEntry; next++) {
      const row = tree.entryInode[next]! as TreeInode;
      const at = this.source.contentsAtOf(row);
      // A folder, an empty file.
      if (at === 0) continue;
      const sizeBytes = tree.sizeBytes[row]!;
      const isNext = at === Math.ceil(end / this.#blockSizeBytes) * this.#blockSizeBytes;
      if (!isNext || sizeBytes > this.mostBytes || at + sizeBytes - start > batch.roomBytes) break;
      end = at + sizeBytes;
    }
    return end;
  }
}
