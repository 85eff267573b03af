/**
 * The files of an image that are compared with its record, one after the other: each is an object
 * only while somebody looks at it.
 * @module
 */

import { BOOT_LOADER_INODE, type InodeNumber } from "../../ext4/numbers.ts";
import { dataBytesOf, type StoredContents } from "./stored_contents.ts";

/** A file that is compared. */
export interface ListedFile {
  readonly inode: InodeNumber;
  readonly isLink: boolean;
  /** Of its data; holes do not count. */
  readonly sizeBytes: number;
  /** Where it ends in the image, if it ends with data. */
  readonly endBytes?: number;
}

/** All of them; they can be gone through as often as needed. */
export class ListedFiles implements Iterable<ListedFile> {
  constructor(private readonly contents: StoredContents) {}

  *[Symbol.iterator](): Generator<ListedFile> {
    const { blockless, shared } = this.contents;
    yield* this.#stretched();
    for (const { number: inode } of blockless) yield { inode, isLink: false, sizeBytes: 0 };
    for (const { number: inode, dataBytes: sizeBytes } of shared) {
      yield { inode, isLink: false, sizeBytes };
    }
    yield* this.scattered();
  }

  /** Sets a byte for each that a pass over the image meets, also without data. @param met one byte an inode, from 0 on */
  mark(met: Uint8Array): void {
    const { stretches, blockless, shared } = this.contents;
    for (let row = 0; row < stretches.count; row++) met[stretches.inodeOf(row)] = 1;
    for (const { number } of blockless) met[number] = 1;
    for (const { number } of shared) met[number] = 1;
    // The record is not a file.
    met[BOOT_LOADER_INODE] = 0;
  }

  /** Those that do not lie in one order with the others. */
  scattered(): Iterable<ListedFile> {
    return this.contents.scattered.map((file) => {
      const { inode, isLink, stretches, sizeBytes: fileBytes } = file;
      const sizeBytes = dataBytesOf(file);
      const { offsetBytes, lengthBytes, imageOffsetBytes } = stretches.at(-1)!;
      const endsWithData = offsetBytes + lengthBytes === fileBytes;
      const endBytes = imageOffsetBytes + lengthBytes;
      return { inode, isLink, sizeBytes, ...(endsWithData ? { endBytes } : {}) };
    });
  }

  *#stretched(): Generator<ListedFile> {
    const { stretches } = this.contents;
    let sizeBytes = 0;
    for (let row = 0; row < stretches.count; row++) {
      const inode = stretches.inodeOf(row) as InodeNumber;
      const endBytes = stretches.endOf(row);
      sizeBytes += endBytes - stretches.startOf(row);
      if (row + 1 < stretches.count && stretches.inodeOf(row + 1) === inode) continue;
      // The record is not a file.
      if (inode !== BOOT_LOADER_INODE) {
        const endsWithData = stretches.isEndOfFile(row);
        yield { inode, isLink: false, sizeBytes, ...(endsWithData ? { endBytes } : {}) };
      }
      sizeBytes = 0;
    }
  }
}
