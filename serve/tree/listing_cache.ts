/**
 * Folders that were read, kept for the next window into them, in bounded memory.
 * @module
 */

import type { FolderListing } from "./folder_listing.ts";

/** Some million names. */
const MOST_BYTES = 64 << 20;
/** However small they are. */
const MOST_FOLDERS = 256;

/** The folders that were looked at last. */
export class ListingCache {
  readonly #listings = new Map<string, Promise<FolderListing>>();

  /** @param mostBytes What is kept at most, but for the folder that was asked for last. */
  constructor(private readonly mostBytes: number = MOST_BYTES) {}

  /** A folder, read where it is not there yet; who asks at the same time waits for the same. */
  async of(key: string, read: () => Promise<FolderListing>): Promise<FolderListing> {
    const listing = this.#listings.get(key) ?? read();
    // The one asked for last stands at the end.
    this.#listings.delete(key);
    this.#listings.set(key, listing);
    try {
      await listing;
    } catch (error) {
      if (this.#listings.get(key) === listing) this.#listings.delete(key);
      throw error;
    }
    await this.#forgetOldest();
    return await listing;
  }

  async #forgetOldest(): Promise<void> {
    let bytes = 0;
    let count = 0;
    for (const [key, listing] of [...this.#listings].reverse()) {
      const { memoryBytes } = await listing.catch(() => ({ memoryBytes: 0 }));
      bytes += memoryBytes;
      if (count++ > 0 && (bytes > this.mostBytes || count > MOST_FOLDERS)) {
        this.#listings.delete(key);
      }
    }
  }
}
