/**
 * The largest files of an image.
 * @module
 */

import type { FileKind } from "./file_kinds.ts";
import type { FolderRow } from "./folder_table.ts";

/** A file that is worth its name. */
export interface LargeFile {
  readonly folder: FolderRow;
  readonly name: Uint8Array;
  readonly kind: FileKind;
  /** Bytes of its contents, holes included. */
  readonly sizeBytes: number;
  /** Bytes that it takes in the image. */
  readonly allocatedBytes: number;
  readonly modifiedSeconds: number;
}

/** Keeps a number of the largest by what they take in the image; of equals, the first. */
export class LargeFiles {
  #files: LargeFile[] = [];
  #least = 0;

  constructor(private readonly most: number) {}

  /** Whether a file of this size would be kept. */
  takes(allocatedBytes: number): boolean {
    return allocatedBytes > this.#least;
  }

  add(file: LargeFile): void {
    this.#files.push(file);
    // Sorted seldom: with room for as many again, each file costs little.
    if (this.#files.length >= 2 * this.most) this.#cut();
  }

  /** The largest first. */
  sorted(): readonly LargeFile[] {
    this.#cut();
    return this.#files;
  }

  #cut(): void {
    this.#files.sort((a, b) => b.allocatedBytes - a.allocatedBytes);
    this.#files = this.#files.slice(0, this.most);
    if (this.#files.length === this.most) this.#least = this.#files.at(-1)!.allocatedBytes;
  }
}
