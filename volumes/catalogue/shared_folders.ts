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
  readonly #folders: { readonly path: Uint8Array; readonly folder: CataloguedFolder }[] = [];

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
    const target = encoder.encode(this.target);
    for (const row of shared.iterate(wanted.id, this.catalogue.endOf(wanted))) {
      const folder = this.catalogue.folderById(row["folder"] as number);
      const isTarget = folder.path.length === 0;
      const path = isTarget ? target : joinPath(target, folder.path);
      const isReplaced = this.force && !isTarget;
      if (isReplaced || !isFolder(path)) this.#folders.push({ path, folder });
    }
  }

  /** Sets the metadata of those that were made: what they hold comes first. */
  restore(): void {
    const { isRoot } = currentCaller();
    for (const { path, folder: { attributes, mtime } } of this.#folders.toReversed()) {
      if (!isFolder(path)) continue;
      const { uid, gid, mode } = attributes;
      if (isRoot) unlessRefused(() => setOwner(CURRENT_FOLDER, path, uid, gid));
      unlessRefused(() => setMode(CURRENT_FOLDER, path, mode));
      unlessRefused(() => setTimes(CURRENT_FOLDER, path, mtime, mtime));
    }
  }
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
