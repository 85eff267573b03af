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
  openPartAt,
  writeAllAt,
} from "../../host/libc/files.ts";
import { removeName } from "../../host/libc/nodes.ts";
import { setModeOfOpen, setOwnerOfOpen, setPutTimesOfOpen } from "../../host/libc/open_nodes.ts";
import { BatchReader } from "./file_batch.ts";
import type { PlaceCopier } from "./place_copier.ts";
import {
  KEEP_OWNER,
  type OnRefused,
  type Refused,
  requireRefusal,
  withoutOwner,
} from "./plain_metadata.ts";
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
  #row = 0 as TreeInode;
  /** One for all files: of many files, each closure would be garbage of its own. */
  readonly #onRefused: OnRefused = (what, error) => this.#refused(this.#row, what, error);

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
      const next = file.folder;
      if (folder !== undefined && folder !== next) close(folder);
      folder = next;
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
    const { folder } = file;
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    const fd = openPartAt(folder, file.buffer, file.nameAt, file.nameLength, flags, 0o600);
    try {
      let isSame: boolean;
      try {
        isSame = this.#fill(file, fd);
        if (isSame) this.#describe(file, fd);
      } finally {
        close(fd);
      }
      if (!isSame) removeFile(file);
      return isSame;
    } catch (error) {
      removeFile(file);
      throw error;
    }
  }

  #fill(file: BatchReader, fd: Descriptor): boolean {
    if (file.isPlace) return this.copier!.copy(file.room, fd);
    if (file.lengthBytes > 0) writeAllAt(fd, file.room, 0);
    return true;
  }

  /** Sets owner, mode and times. @throws SystemError for what is not a refusal */
  #describe(file: BatchReader, fd: Descriptor): void {
    this.#row = file.row;
    const { uid } = file;
    let { mode } = file;
    if (uid !== KEEP_OWNER) {
      // A new owner clears setuid bits: the mode comes after it.
      try {
        setOwnerOfOpen(fd, uid, file.gid);
      } catch (error) {
        mode = withoutOwner(mode, error, this.#onRefused);
      }
    }
    try {
      setModeOfOpen(fd, mode);
    } catch (error) {
      this.#onRefused("mode", requireRefusal(error));
    }
    try {
      setPutTimesOfOpen(fd, file.words, file.timesAt);
    } catch (error) {
      this.#onRefused("times", requireRefusal(error));
    }
  }

  #refused(row: TreeInode, ...[what, { call, errno }]: Parameters<OnRefused>): void {
    const key = `${what} ${errno}`;
    const known = this.#refusals.get(key);
    if (known === undefined) this.#refusals.set(key, { what, call, errno, row, count: 1 });
    else known.count++;
  }
}

/** Somebody else may have done so. */
function removeFile({ folder, buffer, nameAt, nameLength }: BatchReader): void {
  try {
    removeName(folder, buffer.slice(nameAt, nameAt + nameLength), "file");
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}
