/**
 * Makes files: each is there with all it has, or not at all.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import { ERRNO, hasCode, SystemError } from "../../host/libc/errno.ts";
import {
  close,
  type Descriptor,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_WRONLY,
  openAt,
  writeAllAt,
} from "../../host/libc/files.ts";
import { removeName } from "../../host/libc/nodes.ts";
import { BatchReader } from "./file_batch.ts";
import type { PlaceCopier } from "./place_copier.ts";
import { type OnRefused, type Refused, setPlainMetadata } from "./plain_metadata.ts";
import type { WriteState } from "./write_state.ts";

/** What a file system did not keep of several files, for one reason. */
export interface Refusal {
  readonly what: Refused;
  readonly call: string;
  readonly errno: number;
  /** The first. */
  readonly row: TreeInode;
  readonly count: number;
}

/** What is to be said of files when all are made. */
export interface MakerReport {
  readonly refusals: readonly Refusal[];
  /** Files that could not be copied as they were recorded, and are not there. */
  readonly different: readonly TreeInode[];
}

/** Makes the files of one batch after the other, on whatever thread. */
export class FileMaker {
  readonly #refusals = new Map<string, { -readonly [K in keyof Refusal]: Refusal[K] }>();
  readonly #different: TreeInode[] = [];

  /** @param copier Needed for files of which the batch has only the place. */
  constructor(private readonly state: WriteState, private readonly copier?: PlaceCopier) {}

  get report(): MakerReport {
    return { refusals: [...this.#refusals.values()], different: this.#different };
  }

  /** Makes all files, until one fails on any thread. Closes the folders of the batch. */
  makeAll(batch: Uint8Array): void {
    const file = new BatchReader(batch);
    let folder: Descriptor | undefined;
    while (file.next()) {
      if (folder !== undefined && folder !== file.folder) close(folder);
      folder = file.folder;
      if (!this.state.isStopped) this.#make(file);
    }
    if (folder !== undefined) close(folder);
  }

  #make(file: BatchReader): void {
    try {
      if (this.#makeFile(file)) this.state.addMade();
      else this.#different.push(file.row);
    } catch (error) {
      this.state.fail(file.row, error instanceof SystemError ? error.errno : ERRNO.EIO);
    }
  }

  /** Whether it is there: a file that differs from the record is not. */
  #makeFile(file: BatchReader): boolean {
    const { folder, name } = file;
    const fd = openAt(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      let isSame: boolean;
      try {
        isSame = this.#fill(file, fd);
        if (isSame) {
          setPlainMetadata(fd, file, (what, error) => this.#refused(file.row, what, error));
        }
      } finally {
        close(fd);
      }
      if (!isSame) removeFile(folder, name);
      return isSame;
    } catch (error) {
      removeFile(folder, name);
      throw error;
    }
  }

  #fill(file: BatchReader, fd: Descriptor): boolean {
    const { room } = file;
    if (file.isPlace) return this.copier!.copy(room, fd);
    if (room.length > 0) writeAllAt(fd, room, 0);
    return true;
  }

  #refused(row: TreeInode, ...[what, { call, errno }]: Parameters<OnRefused>): void {
    const key = `${what} ${errno}`;
    const known = this.#refusals.get(key);
    if (known === undefined) this.#refusals.set(key, { what, call, errno, row, count: 1 });
    else known.count++;
  }
}

/** Somebody else may have done so. */
function removeFile(folder: Descriptor, name: Uint8Array): void {
  try {
    removeName(folder, name, "file");
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
