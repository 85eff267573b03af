/**
 * The folders that a walk has found: how they hang together, and a few of them open.
 * @module
 */

import type { TreeInode } from "../ext4/tree.ts";
import type { Descriptor } from "../host/libc/files.ts";
import type { FolderPlace } from "../pipeline/scanned_source.ts";
import { FolderCache } from "./folder_cache.ts";

/** Collects folders. */
export class WalkedFolders {
  readonly #parents = new Map<TreeInode, { parent: TreeInode; name: Uint8Array }>();
  readonly #open: FolderCache;

  /** @param top An open folder of the top; `undefined` for those within others. */
  constructor(private readonly top: (folder: TreeInode) => Descriptor | undefined) {
    this.#open = new FolderCache({
      top,
      parentOf: (folder) => this.#parents.get(folder)!.parent,
      nameOf: (folder) => this.#parents.get(folder)!.name,
    });
  }

  /** Adds one that lies within another. */
  add(folder: TreeInode, parent: TreeInode, name: Uint8Array): void {
    this.#parents.set(folder, { parent, name });
  }

  /** An open folder, valid until the next call. @throws SystemError */
  get(folder: TreeInode): Descriptor {
    return this.#open.get(folder);
  }

  /** Where a folder lies, for another thread. */
  placeOf(folder: TreeInode): FolderPlace {
    const folders: { inode: TreeInode; name: Uint8Array }[] = [];
    for (let inode = folder;;) {
      const top = this.top(inode);
      if (top !== undefined) return { top, topInode: inode, folders: folders.reverse() };
      const { parent, name } = this.#parents.get(inode)!;
      folders.push({ inode, name });
      inode = parent;
    }
  }

  /** Closes all but the folders of the top. */
  close(): void {
    this.#open.close();
  }
}
