/**
 * The folders at the top of a tree: those that the user named, and the root above them.
 * @module
 */

import { S_IFDIR, type TreeInode } from "../ext4/tree.ts";
import type { NewInode, TreeBuilder } from "../ext4/tree_builder.ts";
import { refuseOwnFault } from "../host/files/open_files.ts";
import { SystemError } from "../host/libc/errno.ts";
import { closeRead, type Descriptor } from "../host/libc/files.ts";
import { printable } from "../host/libc/paths.ts";
import { SourceError } from "../pipeline/build_errors.ts";
import type { InodeReader } from "./inode_reader.ts";
import { openFolder } from "./placement.ts";

const EPOCH = { seconds: 0, nanoseconds: 0 };

/** A folder of which nothing is known: root's, as old as time. */
export function madeUpFolder(permissions: number, allTimes: boolean): NewInode {
  const times = allTimes ? { atime: EPOCH, ctime: EPOCH, crtime: EPOCH } : {};
  return { mode: S_IFDIR | permissions, uid: 0, gid: 0, mtime: EPOCH, ...times };
}

/** A folder that the user named, open. */
export interface TopFolder {
  readonly path: string;
  readonly fd: Descriptor;
}

/** Adds folders at the top. They stay open: a path may lead elsewhere by the time it is read. */
export class TreeTops {
  readonly #open = new Map<TreeInode, TopFolder>();

  constructor(
    private readonly builder: TreeBuilder,
    private readonly reader: InodeReader,
    private readonly allTimes: boolean,
  ) {}

  /** One of those that the user named. */
  get(inode: TreeInode): TopFolder | undefined {
    return this.#open.get(inode);
  }

  /** Where those that the user named lie. */
  get paths(): string[] {
    return [...this.#open.values()].map(({ path }) => path);
  }

  /** The root of an image whose sources lie side by side: as new as the newest of them. */
  addBareRoot(): TreeInode {
    return this.builder.addInode(madeUpFolder(0o755, this.allTimes));
  }

  /**
   * A folder that the user named; a symbolic link to it is followed.
   *
   * @param isBelowRoot Whether it lies below a bare root.
   * @throws SourceError
   */
  add(path: string, isBelowRoot: boolean): TreeInode {
    const fd = openFolder(path);
    try {
      const found = this.#read(fd, path);
      const inode = this.builder.addInode(found);
      if (isBelowRoot) this.builder.raiseRootTime(found.mtime);
      this.#open.set(inode, { path, fd });
      return inode;
    } catch (error) {
      closeRead(fd);
      throw error;
    }
  }

  close(): void {
    for (const { fd } of this.#open.values()) closeRead(fd);
    this.#open.clear();
  }

  #read(fd: Descriptor, path: string): NewInode {
    try {
      return this.reader.readFolder(fd);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      refuseOwnFault(error, printable(path));
      throw new SourceError(
        `cannot read ${printable(path)}: ${error.meaning}, in its status. ` +
          "Look at the disk it lies on.",
        "source-unreadable",
        { cause: error },
      );
    }
  }
}
