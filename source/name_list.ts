/**
 * The names of one folder, held as bytes back to back: a folder of a million names makes no
 * million objects.
 * @module
 */

import { byteColumn, u32Column } from "../ext4/columns.ts";
import type { Breather } from "../host/breathe.ts";
import { ERRNO, SystemError } from "../host/libc/errno.ts";
import type { Descriptor } from "../host/libc/files.ts";
import type { FolderLister } from "../host/libc/list_folder.ts";

/** More than any folder has: one that lists more never ends. */
const MOST_BYTES = 2 ** 30;

/** There is room for so many at first: most folders are small. */
const FIRST_NAMES = 64;
const FIRST_NAME_BYTES = 16;

/** Collects names and gives them back ordered by their bytes. */
export class NameList {
  #count = 0;
  #used = 0;
  readonly #bytes = byteColumn(FIRST_NAMES * FIRST_NAME_BYTES);
  readonly #offsets = u32Column(FIRST_NAMES);

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /**
   * Adds all names of an open folder.
   * @throws SystemError when it cannot be listed, or not to its end; the signal's reason.
   */
  async addAll(folder: Descriptor, lister: FolderLister, breather: Breather): Promise<void> {
    const addPart = (bytes: Uint8Array, start: number, end: number) =>
      this.#addPart(bytes, start, end);
    while (lister.listSome(folder, addPart)) {
      if (this.#used > MOST_BYTES) throw new SystemError("getdents64", ERRNO.EOVERFLOW);
      if (breather.due) await breather.pause();
    }
  }

  /** Adds a name that ends in a NUL. */
  add(cName: Uint8Array): void {
    this.#addPart(cName, 0, cName.length);
  }

  #addPart(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes.setPart(this.#used, bytes, start, end);
    this.#offsets.set(this.#count++, this.#used);
    this.#used += end - start;
    this.#offsets.set(this.#count, this.#used);
  }

  /** The names with their NUL, as views, ordered as {@linkcode order} says. */
  *sorted(): Generator<Uint8Array> {
    for (const index of this.order()) yield this.at(index);
  }

  /** Names with their NUL back to back, in an array of their own. @param indices Of {@linkcode order}. */
  packed(indices: Uint32Array): Uint8Array {
    const offsets = this.#offsets.array;
    const lengthBytes = indices.reduce((sum, i) => sum + offsets[i + 1]! - offsets[i]!, 0);
    const packed = new Uint8Array(lengthBytes);
    let at = 0;
    for (const index of indices) {
      const name = this.at(index);
      packed.set(name, at);
      at += name.length;
    }
    return packed;
  }

  /** A name with its NUL, as a view. @param index Of {@linkcode order}. */
  at(index: number): Uint8Array {
    const offsets = this.#offsets.array;
    return this.#bytes.array.subarray(offsets[index]!, offsets[index + 1]!);
  }

  /**
   * The names ascending by bytes; each once, though a folder that changes while it is listed may
   * bring one twice.
   */
  order(): Uint32Array {
    const bytes = this.#bytes.array;
    const offsets = this.#offsets.array;
    const order = new Uint32Array(this.#count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    // The final NUL sorts a name before those that it begins.
    const compare = (a: number, b: number) => {
      let i = offsets[a]!;
      let j = offsets[b]!;
      while (bytes[i] === bytes[j] && bytes[i] !== 0) {
        i++;
        j++;
      }
      return bytes[i]! - bytes[j]!;
    };
    order.sort(compare);
    let count = 0;
    for (const index of order) {
      if (count > 0 && compare(index, order[count - 1]!) === 0) continue;
      order[count++] = index;
    }
    return order.subarray(0, count);
  }
}

/** Whether two names are the same bytes. */
export function isSameName(name: Uint8Array, other: Uint8Array): boolean {
  if (name.length !== other.length) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== other[i]) return false;
  return true;
}
