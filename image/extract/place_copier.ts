/**
 * Copies the contents of files from where they lie in the image, and compares them with the record.
 * @module
 */

import { ContentDigest, type DigestMaker } from "../../ext4/content_digest.ts";
import { hasLongHoles } from "../../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import { type Descriptor, readFullyAt, truncate, writeAllAt } from "../../host/libc/files.ts";
import { readPlace } from "./contents_place.ts";

/** What was read is hashed and written while it lies near the processor. */
const PIECE_BYTES = 256 << 10;

/** Copies one file after the other, on whatever thread. */
export class PlaceCopier {
  readonly #digest: ContentDigest;
  readonly #made = new Uint8Array(RECORD_DIGEST_BYTES);
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #isUnfinished = false;

  /**
   * @param image open for reading
   * @param maker of SHA-256
   * @param isStopped whether to leave off in the middle of a file
   */
  constructor(
    private readonly image: Descriptor,
    maker: DigestMaker,
    private readonly isStopped: () => boolean,
  ) {
    this.#digest = new ContentDigest(maker);
  }

  /**
   * Fills an empty file.
   * @param place as `writePlace` wrote it
   * @returns whether it has what was recorded; false as well where the image could not be read
   * @throws SystemError where it cannot be written
   */
  copy(place: Uint8Array, to: Descriptor): boolean {
    const { sizeBytes, stretches, digest } = readPlace(place);
    const dataBytes = stretches.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    // First the size: a file system that cannot hold it says so before anything is copied.
    if (dataBytes < sizeBytes) truncate(to, sizeBytes);
    if (digest !== undefined) this.#begin(sizeBytes, hasLongHoles(sizeBytes, dataBytes));
    for (const { offsetBytes, lengthBytes, imageOffsetBytes } of stretches) {
      for (let done = 0; done < lengthBytes; done += PIECE_BYTES) {
        if (this.isStopped()) return false;
        const piece = this.#piece.subarray(0, Math.min(PIECE_BYTES, lengthBytes - done));
        if (!this.#read(piece, imageOffsetBytes + done)) return false;
        if (digest !== undefined) this.#digest.add(piece, offsetBytes + done);
        writeAllAt(to, piece, offsetBytes + done);
      }
    }
    return digest === undefined || this.#finish(digest);
  }

  #begin(sizeBytes: number, hasLongHoles: boolean): void {
    // The last file may have been left off.
    if (this.#isUnfinished) this.#digest.finishInto(this.#made, 0);
    this.#isUnfinished = true;
    this.#digest.begin(sizeBytes, hasLongHoles);
  }

  #finish(expected: Uint8Array): boolean {
    this.#isUnfinished = false;
    this.#digest.finishInto(this.#made, 0);
    return this.#made.every((byte, i) => byte === expected[i]);
  }

  /** Why an image cannot be read, is found out by the thread that says so. */
  #read(piece: Uint8Array, imageOffsetBytes: number): boolean {
    try {
      return readFullyAt(this.image, piece, imageOffsetBytes) === piece.length;
    } catch {
      return false;
    }
  }
}
