/**
 * Clones blocks into files that are extracted, where their disk can: out of the image that lies on
 * it, or out of an equal file that was extracted before.
 * @module
 */

import type { StoredFile } from "../../ext4/reader/metadata/stored_file.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import { areClonesReliable, cloneRange, isCloningFileSystem } from "../../host/libc/clone.ts";
import { closeRead, type Descriptor } from "../../host/libc/files.ts";
import type { ImageStorage } from "../image_storage.ts";
import type { TargetFolders } from "./target_folders.ts";

/** File systems that can clone have blocks of this size. */
const BLOCK_BYTES = 4096;
/** Files with less data are copied: that takes less time. */
const WORTH_BYTES = 64 * 1024;
/** What every further file would be refused for as well. */
const FOR_ALL = ["EXDEV", "EOPNOTSUPP", "ENOTTY", "ENOSYS"];

/** What a file has without having been written. */
export type ClonedContents =
  /** These ranges of it, as pairs `[start, end)`, are what the image holds. */
  | { readonly from: "image"; readonly ranges: readonly number[] }
  /** All of it is what the other file holds. */
  | { readonly from: "twin" };

/** Clones into one target. */
export class BlockCloner {
  /** Whether extracting is expected to take hardly any room. */
  readonly savesRoom: boolean;
  #clonesImage: boolean;
  #clonesTwins: boolean;
  /** Files that were extracted, by where their contents begin in the image. */
  readonly #extracted = new Map<number, { readonly row: TreeInode; readonly place: StoredFile }>();

  /** @param folders those that are extracted into */
  constructor(
    private readonly storage: ImageStorage | undefined,
    private readonly folders: TargetFolders,
  ) {
    const isReliable = storage !== undefined && areClonesReliable(folders.root);
    this.#clonesImage = isReliable && storage.file !== undefined;
    this.#clonesTwins = isReliable && storage.sharesBlocks;
    this.savesRoom = this.#clonesImage && isCloningFileSystem(folders.root);
  }

  /** Whether a file of a size is to be offered. */
  isWorth(sizeBytes: number): boolean {
    return sizeBytes >= WORTH_BYTES && (this.#clonesImage || this.#clonesTwins);
  }

  /** Clones what can be cloned into an empty file; `undefined` where all has to be copied. */
  async clone(
    row: TreeInode,
    inode: StoredFile["inode"],
    to: Descriptor,
  ): Promise<ClonedContents | undefined> {
    const place = await this.storage?.placeOf(inode);
    if (place === undefined || place.stretches.length === 0) return undefined;
    const ranges = this.#clonesImage ? this.#cloneImage(place, to) : [];
    if (ranges.length > 0) return { from: "image", ranges };
    return this.#clonesTwins && this.#cloneTwin(row, place, to) ? { from: "twin" } : undefined;
  }

  #cloneImage({ stretches }: StoredFile, to: Descriptor): number[] {
    const ranges: number[] = [];
    const fd = this.storage!.file!;
    for (const { offsetBytes, lengthBytes, imageOffsetBytes } of stretches) {
      const whole = lengthBytes - lengthBytes % BLOCK_BYTES;
      const isAligned = offsetBytes % BLOCK_BYTES === 0 && imageOffsetBytes % BLOCK_BYTES === 0;
      if (!isAligned || whole < WORTH_BYTES) continue;
      const range = { fd, offsetBytes: imageOffsetBytes, lengthBytes: whole };
      const refusal = cloneRange(range, to, offsetBytes);
      if (refusal === undefined) ranges.push(offsetBytes, offsetBytes + whole);
      else if (FOR_ALL.includes(refusal.code)) {
        this.#clonesImage = false;
        return ranges;
      }
    }
    return ranges;
  }

  #cloneTwin(row: TreeInode, place: StoredFile, to: Descriptor): boolean {
    const start = place.stretches[0]!.imageOffsetBytes;
    const twin = this.#extracted.get(start);
    if (twin === undefined) this.#extracted.set(start, { row, place });
    if (twin === undefined || !isSamePlace(twin.place, place)) return false;
    const fd = this.folders.openFile(twin.row);
    if (fd === undefined) return false;
    try {
      const range = { fd, offsetBytes: 0, lengthBytes: place.sizeBytes };
      const refusal = cloneRange(range, to, 0);
      if (refusal !== undefined && FOR_ALL.includes(refusal.code)) this.#clonesTwins = false;
      return refusal === undefined;
    } finally {
      closeRead(fd);
    }
  }
}

function isSamePlace(a: StoredFile, b: StoredFile): boolean {
  return a.sizeBytes === b.sizeBytes && a.stretches.length === b.stretches.length &&
    a.stretches.every(({ offsetBytes, lengthBytes, imageOffsetBytes }, i) =>
      offsetBytes === b.stretches[i]!.offsetBytes && lengthBytes === b.stretches[i]!.lengthBytes &&
      imageOffsetBytes === b.stretches[i]!.imageOffsetBytes
    );
}
