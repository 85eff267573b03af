/**
 * JPEG previews in TIFF files and in the raw files of cameras, most of which are TIFF.
 * Source: TIFF 6.0, sections 2 and 22; Adobe's TIFF/EP for `SubIFDs`.
 * @module
 */

import type { PreviewPlace } from "./previews.ts";

/** What is known of a TIFF file. */
export interface TiffPreviews {
  /** The smallest first. */
  readonly previews: readonly PreviewPlace[];
  /** How the picture is turned, 1 to 8. */
  readonly orientation: number;
}

const TAG = {
  width: 0x100,
  compression: 0x103,
  stripOffsets: 0x111,
  orientation: 0x112,
  stripByteCounts: 0x117,
  subFolders: 0x14a,
  jpegOffset: 0x201,
  jpegLength: 0x202,
} as const;

/** No camera makes a file with more folders than this. */
const MOST_FOLDERS = 32;
const MOST_ENTRIES = 512;
const MOST_SUB_FOLDERS = 8;
/** Kinds of numbers: SHORT and LONG, and IFD for what points to a folder. */
const SHORT = 3;
const LONGS = [4, 13];
const OLD_JPEG = 6;
const JPEG = 7;
const ENTRY_BYTES = 12;

/** @returns `undefined` where the head is not that of a TIFF file */
export function tiffPreviews(head: Uint8Array, fileBytes: number): TiffPreviews | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (head.length < 8) return undefined;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  return new Reader(view, order === 0x4949, fileBytes).read();
}

class Reader {
  readonly #previews = new Map<number, PreviewPlace>();
  #orientation = 1;

  constructor(
    private readonly view: DataView,
    private readonly isLittle: boolean,
    private readonly fileBytes: number,
  ) {}

  read(): TiffPreviews {
    const waiting = [this.view.getUint32(4, this.isLittle)];
    const seen = new Set<number>();
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      if (seen.has(at) || seen.size >= MOST_FOLDERS) continue;
      seen.add(at);
      waiting.push(...this.#folder(at, seen.size === 1));
    }
    const previews = [...this.#previews.values()].sort((a, b) => a.sizeBytes - b.sizeBytes);
    return { previews, orientation: this.#orientation };
  }

  /** Reads a folder of tags. @returns Where further ones are. */
  #folder(at: number, isFirst: boolean): number[] {
    if (at < 8 || at + 2 > this.view.byteLength) return [];
    const count = this.view.getUint16(at, this.isLittle);
    const end = at + 2 + count * ENTRY_BYTES;
    if (count > MOST_ENTRIES || end > this.view.byteLength) return [];
    const values = new Map<number, number[]>();
    for (let entry = at + 2; entry < end; entry += ENTRY_BYTES) {
      values.set(this.view.getUint16(entry, this.isLittle), this.#numbers(entry));
    }
    const one = (tag: number) => {
      const numbers = values.get(tag);
      return numbers?.length === 1 ? numbers[0] : undefined;
    };
    if (isFirst) this.#orientation = one(TAG.orientation) ?? 1;
    this.#add(one(TAG.jpegOffset), one(TAG.jpegLength));
    if ([OLD_JPEG, JPEG].includes(one(TAG.compression) ?? 0)) {
      this.#add(one(TAG.stripOffsets), one(TAG.stripByteCounts));
    }
    const next = end + 4 <= this.view.byteLength ? this.view.getUint32(end, this.isLittle) : 0;
    return [next, ...(values.get(TAG.subFolders) ?? [])].filter((place) => place !== 0);
  }

  /** The numbers of an entry, where they are few and lie in the head. */
  #numbers(entry: number): number[] {
    const type = this.view.getUint16(entry + 2, this.isLittle);
    const count = this.view.getUint32(entry + 4, this.isLittle);
    const size = type === SHORT ? 2 : LONGS.includes(type) ? 4 : 0;
    if (size === 0 || count === 0 || count > MOST_SUB_FOLDERS) return [];
    const at = count * size <= 4 ? entry + 8 : this.view.getUint32(entry + 8, this.isLittle);
    if (at + count * size > this.view.byteLength) return [];
    return Array.from(
      { length: count },
      (_, i) =>
        size === 2
          ? this.view.getUint16(at + 2 * i, this.isLittle)
          : this.view.getUint32(at + 4 * i, this.isLittle),
    );
  }

  #add(offsetBytes: number | undefined, sizeBytes: number | undefined): void {
    if (offsetBytes === undefined || sizeBytes === undefined || sizeBytes === 0) return;
    if (offsetBytes < 8 || offsetBytes + sizeBytes > this.fileBytes) return;
    this.#previews.set(offsetBytes, { offsetBytes, sizeBytes });
  }
}
