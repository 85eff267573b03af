/**
 * What of an image's tree is in the target folder already, found before anything is written.
 * @module
 */

import {
  hasType,
  nameOf,
  S_IFDIR,
  S_IFMT,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { hasCode, meaningOf, SystemError } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { statusAt, StatusBuffer, statusOfOpen } from "../../host/libc/status.ts";
import { hasAttribute, pathThroughProc } from "../../host/libc/xattrs.ts";
import type { TargetFolders } from "./target_folders.ts";

/** Named in a message; the others are counted. */
const MOST_NAMED = 3;
const ROOT = 0 as TreeInode;
const DOT = new TextEncoder().encode(".");

/** What was found. */
export interface Existing {
  /** Folders of the tree that are there and are extracted into. */
  readonly folders: ReadonlySet<TreeInode>;
  /** Whether one of them hands ACLs on to what is made in it. */
  readonly inheritsAcls: boolean;
  /** Whether all of them have this group, so that none hands on another. */
  hasGroup(gid: number): boolean;
}

/**
 * Looks at every name of the tree whose folder exists.
 *
 * @param force Names that are there are to be replaced; but no folder is, by anything.
 * @throws EnvironmentError `output-exists`, before anything was written.
 */
export function findExisting(
  tree: Tree,
  target: TargetFolders,
  shownTarget: string,
  pathOf: (row: TreeInode) => string,
  force: boolean,
): Existing {
  const folders = new Set<TreeInode>();
  const status = new StatusBuffer();
  const groups = new Set<number>();
  const hasGroup = (gid: number) => groups.size === 1 && groups.has(gid);
  statusOfOpen(target.root, status);
  groups.add(status.gid);
  if (target.isNew) return { folders, inheritsAcls: handsOnAcls(target, ROOT), hasGroup };
  const conflicts = new Conflicts(force);
  let inheritsAcls = false;
  const waiting = [ROOT];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    folders.add(folder);
    const path = () => folder === ROOT ? shownTarget : `${shownTarget}/${pathOf(folder)}`;
    inheritsAcls ||= orExplained(() => handsOnAcls(target, folder), path);
    const first = tree.payload[folder]!;
    for (let entry = first; entry < first + tree.countChildren[folder]!; entry++) {
      const row = tree.entryInode[entry]! as TreeInode;
      const isFolder = hasType(tree, row, S_IFDIR);
      const name = nameOf(tree, entry as TreeEntry);
      const found = orExplained(() => typeThere(target, folder, name, status), path);
      if (found === undefined) continue;
      if (isFolder && found === S_IFDIR) {
        groups.add(status.gid);
        waiting.push(row);
      } else {
        const above = folder === 0 ? "" : `${pathOf(folder)}/`;
        conflicts.add(`${above}${printable(name)}`, found === S_IFDIR);
      }
    }
  }
  conflicts.check(shownTarget);
  return { folders, inheritsAcls, hasGroup };
}

function typeThere(
  target: TargetFolders,
  folder: TreeInode,
  name: Uint8Array,
  status: StatusBuffer,
): number | undefined {
  try {
    statusAt(target.get(folder), name, status);
    return status.mode & S_IFMT;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Looks at a folder that is there. @throws EnvironmentError `not-writable` naming it. */
function orExplained<T>(look: () => T, path: () => string): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new EnvironmentError(
      `cannot extract into ${path()}: ${meaningOf(error)}. Choose another folder.`,
      "not-writable",
      { cause: error },
    );
  }
}

function handsOnAcls(target: TargetFolders, folder: TreeInode): boolean {
  try {
    return hasAttribute(pathThroughProc(target.get(folder), DOT), "system.posix_acl_default");
  } catch (error) {
    // It may; to take away what is not there does no harm.
    if (error instanceof SystemError && error.call === "lgetxattr") return true;
    throw error;
  }
}

/** What is in the way. A folder is, whatever is forced: removing it would remove all in it. */
class Conflicts {
  readonly #files = new Named();
  readonly #folders = new Named();

  constructor(private readonly force: boolean) {}

  add(path: string, isFolder: boolean): void {
    if (isFolder) this.#folders.add(path);
    else if (!this.force) this.#files.add(path);
  }

  check(target: string): void {
    if (this.#folders.count > 0) {
      const [one, them] = this.#folders.count === 1
        ? ["a folder is", "it"]
        : ["folders are", "them"];
      throw new EnvironmentError(
        `cannot replace ${this.#folders} in ${target}: ${one} there, and the image has something ` +
          `else of that name. Remove ${them}, or choose another folder.`,
        "output-exists",
      );
    }
    if (this.#files.count === 0) return;
    throw new EnvironmentError(
      `cannot extract into ${target}: ${this.#files} exist${
        this.#files.count === 1 ? "s" : ""
      } already. Replace what is there, or choose another folder.`,
      "output-exists",
    );
  }
}

/** Names, the first of which are shown. */
class Named {
  count = 0;
  readonly #first: string[] = [];

  add(path: string): void {
    if (++this.count <= MOST_NAMED) this.#first.push(path);
  }

  toString(): string {
    const more = this.count > MOST_NAMED ? ` and ${this.count - MOST_NAMED} more` : "";
    return `${this.#first.join(", ")}${more}`;
  }
}
