/**
 * Reads pieces of files on a thread of its own, as `SourceFile` does on the first one.
 * @module
 */

import type { Tree, TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import {
  closeRead,
  type Descriptor,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
} from "../../host/libc/files.ts";
import { StatusBuffer } from "../../host/libc/status.ts";
import type { Problem } from "../../pipeline/problem.ts";
import type { FilePlace } from "../../pipeline/scanned_source.ts";
import { requireSameFile } from "../same_file.ts";
import { SourceFile } from "../source_file.ts";
import type { PlacedFolders } from "./placed_folders.ts";
import { type ReadResult, type ReadTask, TASK_BYTES } from "./tasks.ts";

const ROW = 0 as TreeInode;

/** Reads pieces, of one file after the other. */
export class PieceReader {
  #place: FilePlace | undefined;
  #problems: Problem[] = [];
  readonly #status = new StatusBuffer();
  /** A tree of one row: the file at hand. */
  readonly #columns = {
    sizeBytes: new Float64Array(1),
    mtime: { seconds: new Float64Array(1), nanoseconds: new Uint32Array(1) },
  };
  readonly #ctime = { seconds: new Float64Array(1), nanoseconds: new Uint32Array(1) };
  readonly #file: SourceFile;

  constructor(private readonly folders: PlacedFolders, breather: Breather) {
    const source = {
      tree: this.#columns as unknown as Tree,
      ctime: this.#ctime,
      pathOf: () => this.#place!.path,
      open: () => this.#open(),
    };
    this.#file = new SourceFile(source, (problem) => this.#problems.push(problem), breather);
  }

  /** Reads all pieces of a task. @throws what is not a fault of the source. */
  async read({ pieces, into }: ReadTask): Promise<ReadResult> {
    const bytes = into ?? new ArrayBuffer(TASK_BYTES);
    const problems: Problem[][] = [];
    let at = 0;
    for (const { place, offsetBytes, lengthBytes, closes } of pieces) {
      this.#problems = [];
      if (place !== undefined) this.#begin(place);
      const reading = this.#file.read(new Uint8Array(bytes, at, lengthBytes), offsetBytes);
      if (reading instanceof Promise) await reading;
      if (closes) this.#file.close();
      problems.push(this.#problems);
      at += lengthBytes;
    }
    return { bytes, problems };
  }

  #begin(place: FilePlace): void {
    const { sizeBytes, mtime, ctime } = place.identity;
    this.#place = place;
    this.#columns.sizeBytes[ROW] = sizeBytes;
    this.#columns.mtime.seconds[ROW] = mtime.seconds;
    this.#columns.mtime.nanoseconds[ROW] = mtime.nanoseconds;
    this.#ctime.seconds[ROW] = ctime.seconds;
    this.#ctime.nanoseconds[ROW] = ctime.nanoseconds;
    this.#file.open(ROW);
  }

  #open(): Descriptor {
    const { folder, name, identity, path } = this.#place!;
    // Without O_NONBLOCK, a FIFO put in the file's place would block for ever.
    const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
    const file = openAt(this.folders.get(folder), name, flags);
    try {
      requireSameFile(file, identity, this.#status, () => path);
      return file;
    } catch (error) {
      closeRead(file);
      throw error;
    }
  }
}
