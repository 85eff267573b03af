/**
 * Which folders of a stack are merged of which parts, for those who name a folder by its number.
 * @module
 */

import type { FolderPart } from "./merged_folder.ts";

/** Most folders that are remembered, twice. */
const MOST_FOLDERS = 16_384;

/** Remembers the folders met last. */
export class KnownFolders {
  /** Two generations instead of an exact order of use. */
  #young = new Map<number, readonly FolderPart[]>();
  #old = new Map<number, readonly FolderPart[]>();

  add(number: number, parts: readonly FolderPart[]): void {
    if (this.#young.size >= MOST_FOLDERS) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(number, parts);
  }

  get(number: number): readonly FolderPart[] | undefined {
    return this.#young.get(number) ?? this.#old.get(number);
  }
}
