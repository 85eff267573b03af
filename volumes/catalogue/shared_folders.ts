/**
 * Folders that several volumes have, when one volume after the other is extracted: what a later one
 * puts into them changes their times, and where folders that are there are replaced, a volume that is
 * older than the first brings another owner or mode. All of it is therefore set again in the end, as
 * the first has it.
 * @module
 */

import { joinPath } from "../../ext4/reader/path.ts";
import { S_IFDIR, S_IFMT } from "../../ext4/tree.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { CURRENT_FOLDER } from "../../host/libc/files.ts";
import { setMode, setOwner, setTimes } from "../../host/libc/nodes.ts";
import { statusAt, StatusBuffer } from "../../host/libc/status.ts";
import { currentCaller } from "../../image/extract/caller.ts";
import type { Catalogue } from "./catalogue.ts";
import type { CataloguedFolder } from "./entries.ts";

const encoder = new TextEncoder();

/** The folders that extracting is about to make. */
export class SharedFolders {
  readonly #folders: CataloguedFolder[] = [];

  /** @param force Whether folders that are there get the metadata of those in volumes. */
  constructor(
    private readonly catalogue: Catalogue,
    private readonly target: string,
    private readonly force: boolean,
  ) {}

  /** Takes note of those at or below a folder; what is there may have to stay as it is. */
  add(wanted: CataloguedFolder): void {
    const shared = this.catalogue.prepare(
      "select folder from places where folder >= ? and folder < ? group by folder " +
        "having count(*) > 1",
    );
    for (const row of shared.iterate(wanted.id, this.catalogue.endOf(wanted))) {
      const folder = this.catalogue.folderById(row["folder"] as number);
      const isTarget = folder.path.length === 0;
      const isReplaced = this.force && !isTarget;
      if (isReplaced || this.#placeOf(folder) === undefined) this.#folders.push(folder);
    }
  }

  /**
   * Where a folder is, if it is there. A catalogue may come from anywhere: none of its paths leads
   * out of the target, neither by `..` nor through a symbolic link.
   */
  #placeOf({ path }: CataloguedFolder): Uint8Array | undefined {
    let place: Uint8Array = encoder.encode(this.target);
    if (path.length === 0) return isFolder(place) ? place : undefined;
    for (let start = 0; start <= path.length;) {
      const slash = path.indexOf(SLASH, start);
      const end = slash < 0 ? path.length : slash;
      const name = path.subarray(start, end);
      if (!isName(name)) return undefined;
      place = joinPath(place, name);
      if (!isFolder(place)) return undefined;
      start = end + 1;
    }
    return place;
  }

  /** Sets the metadata of those that were made: what they hold comes first. */
  restore(): void {
    const { isRoot } = currentCaller();
    for (const folder of this.#folders.toReversed()) {
      const path = this.#placeOf(folder);
      if (path === undefined) continue;
      const { attributes, mtime } = folder;
      const { uid, gid, mode } = attributes;
      if (isRoot) unlessRefused(() => setOwner(CURRENT_FOLDER, path, uid, gid));
      unlessRefused(() => setMode(CURRENT_FOLDER, path, mode));
      unlessRefused(() => setTimes(CURRENT_FOLDER, path, mtime, mtime));
    }
  }
}

const SLASH = 0x2f;
const DOT = 0x2e;

function isName(name: Uint8Array): boolean {
  return name.length > 0 && !name.includes(0) &&
    !(name.length <= 2 && name.every((byte) => byte === DOT));
}

/** What a file system refuses, extracting has named already. */
function unlessRefused(set: () => void): void {
  try {
    set();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}

function isFolder(path: Uint8Array): boolean {
  const status = new StatusBuffer();
  try {
    statusAt(CURRENT_FOLDER, path, status);
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
  return (status.mode & S_IFMT) === S_IFDIR;
}
