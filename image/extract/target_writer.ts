/**
 * Writes names into the target folder, one after the other.
 *
 * Each is made with its final name in a folder that was opened name by name, and only where there
 * is nothing: whatever is in the way makes the call fail. With `force`, it is made under a
 * temporary name and takes the other's place when it is complete. A file that could not be
 * completed is removed.
 * @module
 */

import {
  hasType,
  nameOf,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { atForcedExit } from "../../host/ends/forced_exit.ts";
import { hasCode } from "../../host/libc/errno.ts";
import {
  close,
  type Descriptor,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDWR,
  openAt,
} from "../../host/libc/files.ts";
import {
  makeFolder,
  makeLinkToOpen,
  makeNode,
  makeSymlink,
  removeName,
} from "../../host/libc/nodes.ts";
import { renameWithin } from "../../host/libc/open_nodes.ts";
import type { Describer } from "./describer.ts";
import type { Losses } from "./losses.ts";
import type { PlainFiles } from "./plain_files.ts";
import type { TargetFolders } from "./target_folders.ts";

/** What a writer works with. */
export interface TargetWriterParts {
  readonly tree: Tree;
  readonly folders: TargetFolders;
  /** Folders that were there before. */
  readonly existing: ReadonlySet<TreeInode>;
  readonly describer: Describer;
  readonly losses: Losses;
  readonly force: boolean;
  pathOf(row: TreeInode): string;
  /** Fills an empty file. */
  copyContent(row: TreeInode, to: Descriptor): Promise<void>;
  /** Fails where a symbolic link's target is not what was stored. */
  checkTarget(row: TreeInode): Promise<void>;
  /** Makes those it takes over, where nothing may be in the way. */
  readonly plainFiles: PlainFiles;
}

const TEMPORARY = new TextEncoder().encode(`.icecore-extract-${crypto.randomUUID()}`);

/** Writes one name after the other; folders get their metadata last. */
export class TargetWriter {
  /** The file that is being written, to be removed should it not be completed. */
  #unfinished: { readonly folder: TreeInode; readonly name: Uint8Array } | undefined;
  readonly #forget = atForcedExit(() => this.#removeUnfinished());

  constructor(private readonly parts: TargetWriterParts) {}

  /** Ends the work; what is not complete is removed. */
  close(): void {
    this.#forget();
    this.#removeUnfinished();
  }

  /**
   * Writes a name: a new inode at its first name, a hard link at every other.
   * @returns A promise only where there is something to wait for.
   */
  writeName(entry: TreeEntry): void | Promise<void> {
    const { tree, existing, force, plainFiles } = this.parts;
    const row = tree.entryInode[entry]! as TreeInode;
    const folder = tree.entryParent[entry]! as TreeInode;
    if (hasType(tree, row, S_IFDIR)) {
      if (!existing.has(row)) this.#makeFolder(folder, nameOf(tree, entry));
      return;
    }
    if (tree.nameEntry[row] !== entry && this.#link(folder, nameOf(tree, entry), row)) return;
    const isSafe = hasType(tree, row, S_IFREG) && !(force && existing.has(folder));
    const isTaken = isSafe && plainFiles.takeOver(entry, row);
    if (isTaken === true) return;
    return this.#makeUnlessTaken(isTaken, folder, nameOf(tree, entry), row);
  }

  /** Makes a file at its only name, without handing it over. */
  makeFile(entry: TreeEntry): Promise<void> {
    const { tree } = this.parts;
    const row = tree.entryInode[entry]! as TreeInode;
    const folder = tree.entryParent[entry]! as TreeInode;
    return this.#makeUnlessTaken(false, folder, nameOf(tree, entry), row);
  }

  /** Removes what could not be completed, to go on with the next. */
  discard(): void {
    this.#removeUnfinished();
  }

  /** Gives a folder its metadata, when nothing will be written to it any more. */
  finishFolder(row: TreeInode): void {
    const { existing, force, folders, describer } = this.parts;
    // A folder that was there keeps what it had, unless it was to be replaced. The target folder
    // itself is never the image's.
    if (existing.has(row) && (row === 0 || !force)) return;
    describer.describeOpen(folders.get(row), row);
  }

  async #makeUnlessTaken(
    isTaken: boolean | Promise<boolean>,
    folder: TreeInode,
    finalName: Uint8Array,
    row: TreeInode,
  ): Promise<void> {
    if (await isTaken) return;
    const { folders } = this.parts;
    try {
      await this.#make(folder, finalName, row);
    } catch (error) {
      if (!this.parts.force || !hasCode(error, "EEXIST")) throw error;
      this.#removeUnfinished();
      await this.#make(folder, TEMPORARY, row);
      renameWithin(folders.get(folder), TEMPORARY, finalName);
    }
    this.#unfinished = undefined;
  }

  async #make(folder: TreeInode, name: Uint8Array, row: TreeInode): Promise<void> {
    const { tree, folders, describer, copyContent, checkTarget } = this.parts;
    const at = folders.get(folder);
    const type = tree.mode[row]! & S_IFMT;
    if (type !== S_IFREG) {
      if (type === S_IFLNK) await checkTarget(row);
      if (!this.#makeOther(at, name, row, type)) return;
      this.#unfinished = { folder, name };
      describer.describeName(at, name, row);
      return;
    }
    const file = openAt(at, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#unfinished = { folder, name };
    try {
      if (tree.sizeBytes[row] !== 0) await copyContent(row, file);
      describer.describeOpen(file, row);
    } finally {
      close(file);
    }
  }

  /** Whether it was made. */
  #makeOther(folder: Descriptor, name: Uint8Array, row: TreeInode, type: number): boolean {
    const { tree, losses, pathOf } = this.parts;
    try {
      if (type === S_IFLNK) makeSymlink(targetOf(tree, row), folder, name);
      else makeNode(folder, name, type | 0o600, tree.devices.get(row));
      return true;
    } catch (error) {
      if (type === S_IFLNK || !hasCode(error, "EPERM", "EOPNOTSUPP", "EINVAL")) throw error;
      const isDevice = type === S_IFCHR || type === S_IFBLK;
      const reason = isDevice && error.code === "EPERM"
        ? "only root may make device nodes: left out"
        : "the target's file system has no such nodes: left out";
      losses.add("node", reason, true, () => pathOf(row));
      return false;
    }
  }

  #makeFolder(folder: TreeInode, name: Uint8Array): void {
    const { folders, force } = this.parts;
    const at = folders.get(folder);
    try {
      makeFolder(at, name, 0o700);
    } catch (error) {
      if (!force || !hasCode(error, "EEXIST")) throw error;
      // Never a folder: those that were there are known. It comes back where none can be made.
      renameWithin(at, name, TEMPORARY);
      try {
        makeFolder(at, name, 0o700);
      } catch (reason) {
        renameWithin(at, TEMPORARY, name);
        throw reason;
      }
      this.#unfinished = { folder, name: TEMPORARY };
      this.#removeUnfinished();
    }
  }

  /** Whether the name is done with: where links cannot be made, a copy is made instead. */
  #link(folder: TreeInode, name: Uint8Array, row: TreeInode): boolean {
    const { tree, folders, losses, pathOf } = this.parts;
    const first = tree.nameEntry[row]! as TreeEntry;
    const from = folders.get(tree.entryParent[first]! as TreeInode);
    let file: Descriptor;
    try {
      file = openAt(from, nameOf(tree, first), O_PATH | O_NOFOLLOW);
    } catch (error) {
      // A device node that could not be made has no further names either.
      if (hasCode(error, "ENOENT")) return true;
      throw error;
    }
    try {
      this.#linkOpen(file, folder, name);
      return true;
    } catch (error) {
      if (!hasCode(error, "EMLINK", "EPERM", "EOPNOTSUPP", "ENOSYS")) throw error;
      losses.add("link", "hard links could not be made: copies instead", true, () => pathOf(row));
      return false;
    } finally {
      close(file);
    }
  }

  #linkOpen(file: Descriptor, folder: TreeInode, name: Uint8Array): void {
    const at = this.parts.folders.get(folder);
    try {
      makeLinkToOpen(file, at, name);
    } catch (error) {
      if (!this.parts.force || !hasCode(error, "EEXIST")) throw error;
      makeLinkToOpen(file, at, TEMPORARY);
      this.#unfinished = { folder, name: TEMPORARY };
      renameWithin(at, TEMPORARY, name);
      // Where both are the same file already, renaming does nothing.
      this.#removeUnfinished();
    }
  }

  #removeUnfinished(): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) return;
    const folder = this.parts.folders.get(unfinished.folder);
    ignoreMissing(() => removeName(folder, unfinished.name, "file"));
    // Where it cannot be removed it is tried once more in the end.
    this.#unfinished = undefined;
  }
}

function ignoreMissing(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
