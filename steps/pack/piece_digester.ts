/**
 * Digests the files that go by in buffers, piece by piece.
 * @module
 */

import { ContentDigest, type DigestMaker } from "../../ext4/content_digest.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { FilePiece } from "./file_pieces.ts";

/** Takes one buffer after the other. */
export class PieceDigester {
  readonly #digest: ContentDigest;
  /** The file at hand; 0 for none. */
  #number = 0;

  /**
   * @param maker of SHA-256
   * @param table gets the digest of each file that ended: 32 bytes an inode, from number 1 on
   */
  constructor(maker: DigestMaker, private readonly table: Uint8Array) {
    this.#digest = new ContentDigest(maker);
  }

  /** Takes a buffer. @param pieces that lie in it, in order */
  take(buffer: Uint8Array, pieces: Iterable<FilePiece>): void {
    for (const piece of pieces) {
      if (piece.number !== this.#number) this.#goTo(piece);
      if (piece.number === 0) continue;
      const { start, lengthBytes, offsetBytes } = piece;
      this.#digest.add(buffer.subarray(start, start + lengthBytes), offsetBytes);
    }
  }

  #goTo({ number, sizeBytes, hasLongHoles }: FilePiece): void {
    if (this.#number !== 0) {
      this.#digest.finishInto(this.table, (this.#number - 1) * RECORD_DIGEST_BYTES);
    }
    this.#number = number;
    if (number !== 0) this.#digest.begin(sizeBytes, hasLongHoles);
  }
}
