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
    for (let i = 0; i < stretches.length; i++) {
      const { imageOffsetBytes, lengthBytes, offsetBytes } = stretches[i]!;
      const row = this.#count++;
      this.#inode.set(row, inode);
      this.#imageOffset.set(row, imageOffsetBytes);
      this.#length.set(row, lengthBytes);
      this.#fileOffset.set(row, offsetBytes);
      this.#fileSize.set(row, sizeBytes);
      this.#flags.set(row, longHoles | (i === stretches.length - 1 ? LAST : 0));
    }
    return true;
  }

  /** The inode of a file that was added and lies in exactly the same places. */
  sameAs({ sizeBytes, stretches }: StoredFile): number | undefined {
    const first = this.#rowAt(stretches[0]!.imageOffsetBytes);
    const inode = this.#inode.array[first]!;
    const isSame = stretches.every(({ imageOffsetBytes, lengthBytes, offsetBytes }, i) => {
      const row = first + i;
      return row < this.#count && this.#inode.array[row] === inode &&
        this.#imageOffset.array[row] === imageOffsetBytes &&
        this.#length.array[row] === lengthBytes &&
        this.#fileOffset.array[row] === offsetBytes &&
        this.#fileSize.array[row] === sizeBytes;
    });
    const last = first + stretches.length - 1;
    return isSame && (this.#flags.array[last]! & LAST) !== 0 ? inode : undefined;
  }

  /** The first row that does not begin before a place in the image. */
  #rowAt(imageOffsetBytes: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#imageOffset.array[middle]! < imageOffsetBytes) low = middle + 1;
      else high = middle;
    }
    return low;
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
