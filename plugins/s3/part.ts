/**
 * A part of an object while it is filled, hashed bit by bit while the bytes are near the processor.
 * @module
 */

import { createHash } from "node:crypto";
import { PartChecksum } from "./checksum.ts";

/** A part in the making. */
export class Part {
  readonly #hash = createHash("sha256");
  #used = 0;

  /** @param buffer As large as the part can be. */
  constructor(readonly buffer: Uint8Array) {}

  /** What is in it. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.#used);
  }

  get isFull(): boolean {
    return this.#used === this.buffer.length;
  }

  /** Takes as many of the bytes as it has room for. @returns How many. */
  fill(bytes: Uint8Array): number {
    const some = bytes.subarray(0, this.buffer.length - this.#used);
    this.#hash.update(some);
    this.buffer.set(some, this.#used);
    this.#used += some.length;
    return some.length;
  }

  /** Of all that is in it; nothing can be added afterwards. */
  checksum(): PartChecksum {
    return new PartChecksum(this.bytes, this.#hash.digest());
  }
}
