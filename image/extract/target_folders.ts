/**
 * The folders that are extracted into, opened from the target folder name by name: no symbolic
 * link on the way is ever followed.
 * @module
 */

import { mkdirSync } from "node:fs";
import { nameOf, parentOf, type Tree, type TreeEntry, type TreeInode } from "../../ext4/tree.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { hasCode, meaningOf, SystemError } from "../../host/libc/errno.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  openAt,
} from "../../host/libc/files.ts";
import { printable } from "../../host/libc/paths.ts";
import { FolderCache } from "../../source/folder_cache.ts";

/** The target folder and those below it. */
export class TargetFolders {
  readonly #folders: FolderCache;

  private constructor(
    private readonly tree: Tree,
    readonly root: Descriptor,
    /** Whether the target folder was made now. */
    readonly isNew: boolean,
  ) {
    this.#folders = new FolderCache({
      top: (folder) => folder === 0 ? root : undefined,
      parentOf: (folder) => parentOf(tree, folder),
      nameOf: (folder) => nameOf(tree, tree.nameEntry[folder]! as TreeEntry),
    });
  }

  /** Opens the target folder, and makes it where it is missing. @throws EnvironmentError */
  static open(tree: Tree, path: string): TargetFolders {
    try {
      const made = mkdirSync(path, { recursive: true });
      const root = openAt(CURRENT_FOLDER, path, O_RDONLY | O_DIRECTORY);
      return new TargetFolders(tree, root, made !== undefined);
    } catch (error) {
      const why = hasCode(error, "EEXIST", "ENOTDIR")
        ? "it, or something on the way to it, is not a folder"
        : meaningOf(error);
      throw new EnvironmentError(
        `cannot extract into ${printable(path)}: ${why}. Choose another folder.`,
        "no-folder",
        { cause: error },
      );
    }
  }

  /** An open folder, valid until the next call. @throws SystemError */
  get(folder: TreeInode): Descriptor {
    return this.#folders.get(folder);
  }

  /** The same folder once more, for the caller to close. @throws SystemError */
  reopen(folder: TreeInode): Descriptor {
    return openAt(this.get(folder), ".", O_PATH | O_DIRECTORY);
  }

  /** A file that was made already, under its first name, for reading; the caller closes it. */
  openFile(row: TreeInode): Descriptor | undefined {
    const entry = this.tree.nameEntry[row]! as TreeEntry;
    const folder = this.get(this.tree.entryParent[entry]! as TreeInode);
    try {
      return openAt(folder, nameOf(this.tree, entry), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (error instanceof SystemError) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#folders.close();
    close(this.root);
  }
}
