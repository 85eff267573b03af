/**
 * A part of a source that lies on one file system.
 *
 * The file systems by which the kernel describes itself say of their files that they are empty, and
 * make the contents when they are read. An image would hold them empty, as it is asked to.
 * @module
 */

import { typeOfFileSystem } from "../host/libc/file_systems.ts";
import type { Descriptor } from "../host/libc/files.ts";
import { isRemote } from "../host/mounts/remote_file_systems.ts";

/** By the numbers of `linux/magic.h`. */
const SAYS_EMPTY: ReadonlyMap<number, string> = new Map([
  [0x9fa0, "proc"],
  [0x27e0eb, "cgroup"],
  [0x63677270, "cgroup2"],
  [0x64626720, "debugfs"],
  [0x74726163, "tracefs"],
  [0x73636673, "securityfs"],
  [0xf97cff8c, "selinuxfs"],
  [0x42494e4d, "binfmt_misc"],
]);

/** What is known of it. */
export class Volume {
  #wasAsked = false;

  /** Whether another program or machine answers for it. */
  readonly isRemote: boolean;

  /** @param path Where it begins within its source. */
  constructor(readonly fileSystem: string, readonly path: Uint8Array) {
    this.isRemote = isRemote(fileSystem);
  }

  /**
   * To be asked at files that say that they are empty.
   *
   * @param folderOf Opens one that lies on it.
   * @returns The kind of file system, where empty files have contents, once.
   */
  whoseFilesSayEmpty(folderOf: () => Descriptor): string | undefined {
    if (this.#wasAsked) return undefined;
    this.#wasAsked = true;
    // Those are the kernel's own; a question to another one may never be answered.
    if (this.isRemote) return undefined;
    return SAYS_EMPTY.get(typeOfFileSystem(folderOf()));
  }
}
