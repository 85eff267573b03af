/**
 * The contents of many files in the order in which they lie in an image, as columns.
 * @module
 */

import { f64Column, u32Column } from "../../ext4/columns.ts";
import type { StoredFile } from "../../ext4/reader/metadata/stored_file.ts";
import { hasLongHoles } from "../../ext4/record.ts";
import type { FilePiece } from "../../steps/pack/file_pieces.ts";

const FIRST_ROWS = 1024;

/** Stretches of data, each behind the one before; of one file, all in a row. */
export class StretchList {
  readonly #inode = u32Column(FIRST_ROWS);
  readonly #imageOffset = f64Column(FIRST_ROWS);
  readonly #length = f64Column(FIRST_ROWS);
  readonly #fileOffset = f64Column(FIRST_ROWS);
  readonly #fileSize = f64Column(FIRST_ROWS);
  readonly #flags = u32Column(FIRST_ROWS);
  #count = 0;
  #endBytes = 0;
  #dataBytes = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes of all stretches. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  /** Adds a file. @returns false where it does not lie behind those before, in one order */
  add({ inode, sizeBytes, stretches }: StoredFile): boolean {
    let end = this.#endBytes;
    let dataBytes = 0;
    for (const { imageOffsetBytes, lengthBytes } of stretches) {
      if (imageOffsetBytes < end) return false;
      end = imageOffsetBytes + lengthBytes;
      dataBytes += lengthBytes;
    }
    this.#endBytes = end;
    this.#dataBytes += dataBytes;
    const longHoles = hasLongHoles(sizeBytes, dataBytes) ? LONG_HOLES : 0;
    stretches.forEach(({ imageOffsetBytes, lengthBytes, offsetBytes }, i) => {
      const row = this.#count++;
      this.#inode.set(row, inode);
      this.#imageOffset.set(row, imageOffsetBytes);
      this.#length.set(row, lengthBytes);
      this.#fileOffset.set(row, offsetBytes);
      this.#fileSize.set(row, sizeBytes);
      this.#flags.set(row, longHoles | (i === stretches.length - 1 ? LAST : 0));
    });
    return true;
  }

  inodeOf(row: number): number {
    return this.#inode.array[row]!;
  }

  /** Where a stretch begins in the image. */
  startOf(row: number): number {
    return this.#imageOffset.array[row]!;
  }

  /** One past its last byte in the image. */
  endOf(row: number): number {
    return this.#imageOffset.array[row]! + this.#length.array[row]!;
  }

  /** Whether the file ends with it: behind it, its last block holds zeros. */
  isEndOfFile(row: number): boolean {
    const end = this.#fileOffset.array[row]! + this.#length.array[row]!;
    return (this.#flags.array[row]! & LAST) !== 0 && end === this.#fileSize.array[row];
  }

  /** The part of a stretch that lies in the image's bytes `[from, from + lengthBytes)`. */
  pieceOf(row: number, from: number, lengthBytes: number): FilePiece {
    const stretchStart = this.startOf(row);
    const start = Math.max(stretchStart, from);
    return {
      number: this.inodeOf(row),
      start: start - from,
      lengthBytes: Math.min(this.endOf(row), from + lengthBytes) - start,
      offsetBytes: this.#fileOffset.array[row]! + start - stretchStart,
      sizeBytes: this.#fileSize.array[row]!,
      hasLongHoles: (this.#flags.array[row]! & LONG_HOLES) !== 0,
    };
  }
}

const LONG_HOLES = 1;
const LAST = 2;
