/**
 * Folders of a source, as a thread of its own opens them: each from the one above it.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import {
  type Descriptor,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  openAt,
} from "../../host/libc/files.ts";
import type { FolderPlace } from "../../pipeline/scanned_source.ts";
import { FolderCache } from "../folder_cache.ts";

/** Each of several threads keeps so many. */
const MOST_OPEN = 8;

/** Opens folders to reach what is in them, which asks their file system for no more than a name. */
export class PlacedFolders {
  #place: FolderPlace | undefined;
  readonly #cache = new FolderCache(
    {
      top: (folder) =>
        folder === this.#place!.topInode ? this.#place!.top as Descriptor : undefined,
      parentOf: (folder) => this.#step(folder, -1),
      nameOf: (folder) => this.#place!.folders.find(({ inode }) => inode === folder)!.name,
    },
    { mostOpen: MOST_OPEN, flags: O_PATH | O_DIRECTORY | O_NOFOLLOW },
  );

  /** An open folder, valid until the next call; to look at names in it, not to list it. */
  get(place: FolderPlace): Descriptor {
    this.#place = place;
    return this.#cache.get((place.folders.at(-1)?.inode ?? place.topInode) as TreeInode);
  }

  /** The same, opened so that it can be listed; the caller closes it. */
  openToList(place: FolderPlace): Descriptor {
    return openAt(this.get(place), ".", O_RDONLY | O_DIRECTORY);
  }

  #step(folder: TreeInode, by: number): TreeInode {
    const { folders, topInode } = this.#place!;
    const at = folders.findIndex(({ inode }) => inode === folder) + by;
    return (at < 0 ? topInode : folders[at]!.inode) as TreeInode;
  }
}
