/**
 * What all answers are made from: the images, their addresses, and what is kept between requests.
 * @module
 */

import { PathError, type Stat } from "icecore/read";
import { printable } from "icecore/plugin";
import { Slots } from "../http/slots.ts";
import type { Addresses } from "../pages/addresses.ts";
import { type FolderListing, readListing } from "../tree/folder_listing.ts";
import { ListingCache } from "../tree/listing_cache.ts";
import { NameIndexes } from "../tree/name_indexes.ts";
import { realPath } from "../tree/real_path.ts";
import { type Found, lookUp, type Place, type Shelf } from "../tree/shelf.ts";

/** So much is done at a time, and so much may wait for it. */
const SENT_FILES = [32, 256] as const;
const LOOKED_AT = [4, 256] as const;
const ARCHIVES = [3, 8] as const;
const SEARCHES = [3, 32] as const;

/** The images as they are served. */
export class Site {
  readonly sending = new Slots(...SENT_FILES);
  readonly looking = new Slots(...LOOKED_AT);
  readonly archiving = new Slots(...ARCHIVES);
  readonly searching = new Slots(...SEARCHES);
  readonly names: NameIndexes;
  readonly #listings = new ListingCache();

  /** @param signal Ends all that is under way. */
  constructor(
    readonly shelf: Shelf,
    readonly addresses: Addresses,
    readonly signal: AbortSignal,
  ) {
    this.names = new NameIndexes(signal);
  }

  /** What the root is called. */
  get rootName(): string {
    return this.shelf.hasSeveral ? "Images" : printable(this.shelf.images[0]!.name);
  }

  /** A folder's names, read or known already. */
  listing({ image, stat }: Found): Promise<FolderListing> {
    const { isSalvaged } = image;
    const key = [this.shelf.images.indexOf(image), isSalvaged, stat.inode].join(" ");
    return this.#listings.of(key, () => readListing(image.reader, stat.inode, this.signal));
  }

  /**
   * What is at a place when symbolic links are followed.
   *
   * @returns With the path that leads there without a link.
   * @throws PathError when there is nothing; CorruptImageError
   */
  async find(place: Place): Promise<Found> {
    try {
      const found = await lookUp(place);
      if (found.stat.kind !== "symlink") return found;
    } catch (error) {
      // A folder on the way may be a link.
      if (!(error instanceof PathError && error.code === "not-a-folder")) throw error;
    }
    const path = await realPath(place.image.reader, place.path);
    return await lookUp({ ...place, path });
  }

  /** The name of what is at a place: of the root of an image its own. */
  nameOf({ image, path }: Place): Uint8Array {
    return path.length === 0 ? image.name : path.subarray(path.lastIndexOf(SLASH) + 1);
  }
}

const SLASH = 0x2f;

/** Whether two paths are the same. */
export function isSamePath(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A kind of what is in an image, in words. */
export function kindText(kind: Stat["kind"]): string {
  return kind.replace("-", " ");
}
