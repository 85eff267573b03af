/**
 * Folders that several volumes have, when one volume after the other is extracted: what a later one
 * puts into them changes their times, which are therefore set again in the end.
 * @module
 */

import { Buffer } from "node:buffer";
import { lstatSync } from "node:fs";
import { joinPath } from "../../ext4/reader/path.ts";
import { CURRENT_FOLDER } from "../../host/libc/files.ts";
import { setTimes } from "../../host/libc/nodes.ts";
import type { Catalogue } from "./catalogue.ts";
import type { CataloguedFolder } from "./entries.ts";

const encoder = new TextEncoder();

/** The folders that extracting is about to make. */
export class SharedFolders {
  readonly #folders: { readonly path: Uint8Array; readonly folder: CataloguedFolder }[] = [];

  constructor(private readonly catalogue: Catalogue, private readonly target: string) {}

  /** Takes note of those at or below a folder that are not there yet. */
  add(wanted: CataloguedFolder): void {
    const shared = this.catalogue.prepare(
      "select folder from places where folder >= ? and folder < ? group by folder " +
        "having count(*) > 1",
    );
    const target = encoder.encode(this.target);
    for (const row of shared.iterate(wanted.id, this.catalogue.endOf(wanted))) {
      const folder = this.catalogue.folderById(row["folder"] as number);
      const path = folder.path.length === 0 ? target : joinPath(target, folder.path);
      if (isThere(path)) continue;
      this.#folders.push({ path, folder });
    }
  }

  /** Sets the times of those that were made. */
  restoreTimes(): void {
    for (const { path, folder: { mtime } } of this.#folders) {
      if (isThere(path)) setTimes(CURRENT_FOLDER, path, mtime, mtime);
    }
  }
}

function isThere(path: Uint8Array): boolean {
  return lstatSync(Buffer.from(path), { throwIfNoEntry: false }) !== undefined;
}
