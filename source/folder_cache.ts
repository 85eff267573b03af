/**
 * Open folders of a source, a bounded number of them.
 *
 * A folder is opened from its parent, one name at a time: no path grows too long for the kernel,
 * and no symbolic link that somebody puts in the way is followed.
 * @module
 */

import type { TreeInode } from "../ext4/tree.ts";
import { OPEN_FILES_LIMIT } from "../host/files/open_files.ts";
import {
  closeRead,
  type Descriptor,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_RDONLY,
  openAt,
} from "../host/libc/files.ts";

/** Far below the usual limit of 1,024 descriptors a process, and a part of a lower one. */
const MOST_OPEN = Math.min(128, Math.floor(OPEN_FILES_LIMIT / 4));

/** How folders hang together; asked while the tree is still growing. */
export interface FolderNames {
  /**
   * A folder of the top, which its owner keeps open: a path may lead elsewhere by now. `undefined`
   * for those within others.
   */
  top(folder: TreeInode): Descriptor | undefined;
  parentOf(folder: TreeInode): TreeInode;
  nameOf(folder: TreeInode): Uint8Array;
}

/** Opens folders and keeps the most recently used ones open. */
export class FolderCache {
  readonly #open = new Map<TreeInode, Descriptor>();
  #last: { readonly folder: TreeInode; readonly fd: Descriptor } | undefined;

  readonly #mostOpen: number;
  readonly #flags: number;

  /** @param how How many are kept open, and how they are opened, where that is not the usual. */
  constructor(
    private readonly names: FolderNames,
    how: { readonly mostOpen?: number; readonly flags?: number } = {},
  ) {
    this.#mostOpen = how.mostOpen ?? MOST_OPEN;
    this.#flags = how.flags ?? O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  }

  /**
   * An open folder, valid until the next call.
   *
   * @throws SystemError e.g. `ENOENT`, `EACCES`, `ENOTDIR` (no folder any more).
   */
  get(folder: TreeInode): Descriptor {
    // Files are asked for folder by folder.
    if (this.#last?.folder === folder) return this.#last.fd;
    // What fails may have closed it to make room.
    this.#last = undefined;
    const fd = this.#find(folder);
    this.#last = { folder, fd };
    return fd;
  }

  #find(folder: TreeInode): Descriptor {
    const missing: TreeInode[] = [];
    let at: TreeInode = folder;
    let fd = this.#openOf(at);
    while (fd === undefined) {
      missing.push(at);
      at = this.names.parentOf(at);
      fd = this.#openOf(at);
    }
    for (let inode = missing.pop(); inode !== undefined; inode = missing.pop()) {
      fd = openAt(fd, this.names.nameOf(inode), this.#flags);
      this.#keep(inode, fd);
    }
    return fd;
  }

  /** Closes all but the folders of the top. */
  close(): void {
    for (const fd of this.#open.values()) closeRead(fd);
    this.#open.clear();
    this.#last = undefined;
  }

  #openOf(folder: TreeInode): Descriptor | undefined {
    return this.#touch(folder) ?? this.names.top(folder);
  }

  #touch(folder: TreeInode): Descriptor | undefined {
    const fd = this.#open.get(folder);
    if (fd === undefined) return undefined;
    this.#open.delete(folder);
    this.#open.set(folder, fd);
    return fd;
  }

  #keep(folder: TreeInode, fd: Descriptor): void {
    if (this.#open.size >= this.#mostOpen) {
      const [oldest, oldestFd] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      closeRead(oldestFd);
    }
    this.#open.set(folder, fd);
  }
}
