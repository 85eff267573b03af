/**
 * Makes small files: each is there with all it has, or not at all.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import { ERRNO, SystemError } from "../../host/libc/errno.ts";
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
import { type OnRefused, type Refused, setPlainMetadata } from "./plain_metadata.ts";
import { BatchReader } from "./small_file_batch.ts";
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

/** Makes the files of one batch after the other, on whatever thread. */
export class SmallFileMaker {
  readonly #refusals = new Map<string, { -readonly [K in keyof Refusal]: Refusal[K] }>();

  constructor(private readonly state: WriteState) {}

  get refusals(): readonly Refusal[] {
    return [...this.#refusals.values()];
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
      makeSmallFile(file, (what, error) => this.#refused(file.row, what, error));
      this.state.addMade();
    } catch (error) {
      this.state.fail(file.row, error instanceof SystemError ? error.errno : ERRNO.EIO);
    }
  }

  #refused(row: TreeInode, what: Refused, { call, errno }: SystemError): void {
    const key = `${what} ${errno}`;
    const known = this.#refusals.get(key);
    if (known === undefined) this.#refusals.set(key, { what, call, errno, row, count: 1 });
    else known.count++;
  }
}

function makeSmallFile(file: BatchReader, onRefused: OnRefused): void {
  const { folder, name, contents } = file;
  const fd = openAt(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      if (contents.length > 0) writeAllAt(fd, contents, 0);
      setPlainMetadata(fd, file, onRefused);
    } finally {
      close(fd);
    }
  } catch (error) {
    removeName(folder, name, "file");
    throw error;
  }
}
