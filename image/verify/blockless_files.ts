/**
 * The files of an image that have no data, as columns: a million empty files make no million objects.
 * @module
 */

import { f64Column, u32Column } from "../../ext4/columns.ts";
import type { InodeNumber } from "../../ext4/numbers.ts";
import type { BlocklessFile } from "../../ext4/plan_image.ts";

/** Files without data, in the order in which they were added. */
export class BlocklessFiles implements Iterable<BlocklessFile> {
  readonly #number = u32Column();
  readonly #sizeBytes = f64Column();
  #count = 0;

  /** Adds a file; all of it is a hole, where it has a size. */
  add(number: InodeNumber, sizeBytes: number): void {
    this.#number.set(this.#count, number);
    this.#sizeBytes.set(this.#count++, sizeBytes);
  }

  *[Symbol.iterator](): Generator<BlocklessFile> {
    for (let row = 0; row < this.#count; row++) {
      const number = this.#number.array[row]! as InodeNumber;
      yield { number, sizeBytes: this.#sizeBytes.array[row]! };
    }
  }
}
