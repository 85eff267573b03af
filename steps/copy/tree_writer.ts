/**
 * Writes a tree into a mounted file system: contents, owners, modes, times, hard links, holes,
 * ACLs and attributes.
 * @module
 */

import {
  nameOf,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
  typeOf,
} from "../../ext4/tree.ts";
import { SystemError } from "../../host/libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_WRONLY,
  openAt,
  truncate,
} from "../../host/libc/files.ts";
import {
  makeFolder,
  makeLinkToOpen,
  makeNode,
  makeSymlink,
  setMode,
  setOwner,
  setTimes,
} from "../../host/libc/nodes.ts";
import { printable } from "../../host/libc/paths.ts";
import { pathThroughProc, writeAttribute } from "../../host/libc/xattrs.ts";
import type { Problem } from "../../pipeline/problem.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { FolderCache } from "../../source/folder_cache.ts";

/** Writes the contents of one regular file into an open, empty one. */
export type ContentWriter = (inode: TreeInode, to: Descriptor) => Promise<void>;

/** Why a socket is left out. */
export const SOCKETS_SKIPPED = "sockets are not stored";

const DOT = new TextEncoder().encode(".");

/** Writes one name after the other; folders get their metadata last. */
export class TreeWriter {
  readonly #tree: Tree;
  readonly #root: Descriptor;
  readonly #folders: FolderCache;

  /** @param root The mounted folder. */
  constructor(
    private readonly source: ScannedSource,
    root: string,
    private readonly writeContent: ContentWriter,
    private readonly onProblem: (problem: Problem) => void,
  ) {
    const tree = source.tree;
    this.#tree = tree;
    this.#root = openAt(CURRENT_FOLDER, root, O_RDONLY | O_DIRECTORY);
    this.#folders = new FolderCache({
      top: (folder) => folder === 0 ? this.#root : undefined,
      parentOf: (folder) => tree.entryParent[tree.nameEntry[folder]!]! as TreeInode,
      nameOf: (folder) => nameOf(tree, tree.nameEntry[folder]! as TreeEntry),
    });
  }

  close(): void {
    this.#folders.close();
    close(this.#root);
  }

  /** Writes a name: a new inode at its first name, a hard link at every other. */
  async writeName(entry: TreeEntry): Promise<void> {
    const tree = this.#tree;
    const inode = tree.entryInode[entry]! as TreeInode;
    if (typeOf(tree, inode) === S_IFSOCK) {
      if (tree.nameEntry[inode] === entry) {
        this.#report(inode, "skipped", SOCKETS_SKIPPED);
      }
      return;
    }
    if (tree.nameEntry[inode] !== entry) return this.#link(entry, inode);
    const parent = tree.entryParent[entry]! as TreeInode;
    const name = nameOf(tree, entry);
    await this.#make(this.#folders.get(parent), name, inode);
    // Contents may have taken a pause: the folder is asked for again.
    if (typeOf(tree, inode) !== S_IFDIR) this.#describe(this.#folders.get(parent), name, inode);
  }

  /** Gives a folder its metadata, when nothing will be written to it any more. */
  finishFolder(inode: TreeInode): void {
    this.#describe(this.#folders.get(inode), DOT, inode);
  }

  #link(entry: TreeEntry, inode: TreeInode): void {
    const tree = this.#tree;
    const first = tree.nameEntry[inode]! as TreeEntry;
    const from = this.#folders.get(tree.entryParent[first]! as TreeInode);
    const file = openAt(from, nameOf(tree, first), O_PATH | O_NOFOLLOW);
    try {
      const to = this.#folders.get(tree.entryParent[entry]! as TreeInode);
      makeLinkToOpen(file, to, nameOf(tree, entry));
    } catch (error) {
      if (!(error instanceof SystemError) || error.code !== "EMLINK") throw error;
      const path = printable(nameOf(tree, entry));
      const reason = `a further name, ${path}, is left out: ext4 allows 65,000 links to a file`;
      this.#report(inode, "unsupported", reason);
    } finally {
      close(file);
    }
  }

  async #make(folder: Descriptor, name: Uint8Array, inode: TreeInode): Promise<void> {
    const tree = this.#tree;
    switch (typeOf(tree, inode)) {
      case S_IFREG:
        return await this.#makeFile(folder, name, inode);
      case S_IFDIR:
        // A new file system has a folder lost+found already.
        return ignoreExisting(() => makeFolder(folder, name, 0o700));
      case S_IFLNK:
        return makeSymlink(targetOf(tree, inode), folder, name);
      case S_IFCHR:
      case S_IFBLK:
        return makeNode(folder, name, tree.mode[inode]!, tree.devices.get(inode)!);
      case S_IFIFO:
        return makeNode(folder, name, tree.mode[inode]!);
    }
  }

  async #makeFile(folder: Descriptor, name: Uint8Array, inode: TreeInode): Promise<void> {
    const file = openAt(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await this.writeContent(inode, file);
      truncate(file, this.#tree.sizeBytes[inode]!);
    } finally {
      close(file);
    }
  }

  #describe(folder: Descriptor, name: Uint8Array, inode: TreeInode): void {
    const tree = this.#tree;
    setOwner(folder, name, tree.uid[inode]!, tree.gid[inode]!);
    if (typeOf(tree, inode) !== S_IFLNK) setMode(folder, name, tree.mode[inode]!);
    const attributes = tree.xattrSets[tree.xattrSet[inode]!]!;
    const path = attributes.length === 0 ? undefined : pathThroughProc(folder, name);
    for (const attribute of attributes) {
      try {
        writeAttribute(path!, attribute);
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        const shown = printable(attribute.name);
        this.#report(inode, "unsupported", `attribute ${shown} is not stored: ${error.meaning}`);
      }
    }
    const mtime = timeOf(tree.mtime, inode);
    setTimes(folder, name, tree.atime === undefined ? mtime : timeOf(tree.atime, inode), mtime);
  }

  #report(inode: TreeInode, kind: Problem["kind"], reason: string): void {
    this.onProblem({ kind, path: this.source.pathOf(inode), reason });
  }
}

function timeOf(
  { seconds, nanoseconds }: Tree["mtime"],
  inode: TreeInode,
): { seconds: number; nanoseconds: number } {
  return { seconds: seconds[inode]!, nanoseconds: nanoseconds[inode]! };
}

function ignoreExisting(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== "EEXIST") throw error;
  }
}
