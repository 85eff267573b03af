/**
 * A block source over a local file, for tests: answers at once.
 * @module
 */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { BlockSource } from "../../ext4/reader/bytes/block_source.ts";

/** An open image file. */
export interface FileSource extends BlockSource, Disposable {
  /** Reads so far. */
  readonly countReads: number;
}

/** Opens an image; `using` closes it. */
export function fileSource(path: string): FileSource {
  const fd = openSync(path, "r");
  let countReads = 0;
  return {
    sizeBytes: fstatSync(fd).size,
    get countReads() {
      return countReads;
    },
    read(offsetBytes, into) {
      countReads++;
      for (let done = 0; done < into.length;) {
        const count = readSync(fd, into, done, into.length - done, offsetBytes + done);
        if (count === 0) throw new Error(`cannot read ${path}: it ends at ${offsetBytes + done}.`);
        done += count;
      }
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}
