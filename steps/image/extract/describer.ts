/**
 * Gives what was extracted its owner, mode, attributes and times, as far as the caller may.
 *
 * Order matters: a new owner clears setuid bits and capabilities; an attribute `user.…` needs
 * write permission that the mode may take away; an ACL and the mode share their group bits.
 * @module
 */

import {
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  type Tree,
  type TreeInode,
  type Xattr,
} from "../../../ext4/tree.ts";
import { hasCode, SystemError } from "../../../host/libc/errno.ts";
import { close, type Descriptor, O_NOFOLLOW, O_PATH, openAt } from "../../../host/libc/files.ts";
import { setMode, setOwner, setTimes } from "../../../host/libc/nodes.ts";
import {
  removeAttributeOfOpen,
  setModeOfOpen,
  setOwnerOfOpen,
  setTimesOfOpen,
  writeAttributeOfOpen,
} from "../../../host/libc/open_nodes.ts";
import { printable } from "../../../host/libc/paths.ts";
import { pathThroughProc, writeAttribute } from "../../../host/libc/xattrs.ts";
import type { Caller } from "./caller.ts";
import type { Existing } from "./existing.ts";
import type { PendingFile } from "./file_batch.ts";
import { type Losses, REFUSALS } from "./losses.ts";

const ACL = "system.posix_acl_";
const SETUID_SETGID = 0o6000;
const encoder = new TextEncoder();
const PROC = encoder.encode("/proc/self/fd");

/** Describes inodes of a tree. */
export class Describer {
  readonly #ownsWhatItMakes: boolean;

  /**
   * @param pathOf A row's path for people.
   * @param existing What new files may have got from folders that were there before.
   */
  constructor(
    private readonly tree: Tree,
    private readonly caller: Caller,
    private readonly losses: Losses,
    private readonly pathOf: (row: TreeInode) => string,
    private readonly existing: Existing,
  ) {
    this.#ownsWhatItMakes = existing.hasGroup(caller.gid);
  }

  /** Describes an open file or folder. */
  describeOpen(fd: Descriptor, row: TreeInode): void {
    const owned = this.#own(row, (uid, gid) => setOwnerOfOpen(fd, uid, gid));
    if (this.existing.inheritsAcls) this.#dropInherited(fd, row);
    const write = (xattr: Xattr) => writeAttributeOfOpen(fd, xattr);
    this.#attributes(row, false, write);
    this.#try(row, "its mode", () => setModeOfOpen(fd, this.#modeOf(row, owned)));
    this.#attributes(row, true, write);
    this.#try(row, "its times", () => setTimesOfOpen(fd, this.#atime(row), this.#mtime(row)));
  }

  /** Whether mode and times are all that a file needs when it is written. */
  isPlain(row: TreeInode): boolean {
    return this.tree.xattrSet[row] === 0 && !this.existing.inheritsAcls;
  }

  /** Begins to describe a plain file; what remains to be done when it is written. */
  beginPlain(fd: Descriptor, row: TreeInode): PendingFile {
    const owned = this.#own(row, (uid, gid) => setOwnerOfOpen(fd, uid, gid));
    return {
      fd,
      row,
      mode: this.#modeOf(row, owned),
      sizeBytes: this.tree.sizeBytes[row]!,
      atime: this.#atime(row),
      mtime: this.#mtime(row),
    };
  }

  /** Describes a symbolic link or a node, which is not to be opened. */
  describeName(folder: Descriptor, name: Uint8Array, row: TreeInode): void {
    const owned = this.#own(row, (uid, gid) => setOwner(folder, name, uid, gid));
    const isLink = (this.tree.mode[row]! & S_IFMT) === S_IFLNK;
    if (!isLink) {
      this.#try(row, "its mode", () => setModeOfName(folder, name, this.#modeOf(row, owned)));
    }
    const write = (xattr: Xattr) => writeAttribute(pathThroughProc(folder, name), xattr);
    this.#attributes(row, false, write);
    this.#attributes(row, true, write);
    const times = () => setTimes(folder, name, this.#atime(row), this.#mtime(row));
    this.#try(row, "its times", times);
  }

  /** Whether the owner is as it should be now. */
  #own(row: TreeInode, set: (uid: number, gid: number) => void): boolean {
    const uid = this.tree.uid[row]!;
    const gid = this.tree.gid[row]!;
    if (this.#ownsWhatItMakes && uid === this.caller.uid && gid === this.caller.gid) return true;
    try {
      set(uid, gid);
      return true;
    } catch (error) {
      if (!hasCode(error, "EPERM", "EINVAL", "EOPNOTSUPP")) throw error;
      const isGrave = this.caller.isRoot;
      const reason = isGrave ? "the owner could not be set" : "only root may set the owner";
      this.losses.add("owner", reason, isGrave, () => this.pathOf(row));
      return false;
    }
  }

  /** Setuid to somebody else than meant would be a gift to whoever extracts. */
  #modeOf(row: TreeInode, owned: boolean): number {
    const mode = this.tree.mode[row]!;
    const isFile = (mode & S_IFMT) === S_IFREG;
    const mayKeep = this.caller.isRoot && owned;
    if (mayKeep || (mode & SETUID_SETGID) === 0) return mode;
    // On a folder the bit lets files inherit its group, which harms nobody.
    if (!isFile && owned) return mode;
    this.losses.add("setuid", "only root may restore setuid and setgid", false, () => {
      return this.pathOf(row);
    });
    return mode & ~SETUID_SETGID;
  }

  #attributes(row: TreeInode, acls: boolean, write: (xattr: Xattr) => void): void {
    const { tree } = this;
    const set = tree.xattrSet[row]!;
    if (set === 0) return;
    for (const xattr of tree.xattrSets[set]!) {
      const name = printable(xattr.name);
      if (name.startsWith(ACL) !== acls) continue;
      try {
        write(xattr);
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        if (hasCode(error, "ENOSPC", "EDQUOT") && !isTooLarge(xattr)) throw error;
        this.losses.addError("attribute", name, error, () => this.pathOf(row));
      }
    }
  }

  #dropInherited(fd: Descriptor, row: TreeInode): void {
    for (const name of [`${ACL}access`, `${ACL}default`]) {
      this.#try(row, name, () => removeAttributeOfOpen(fd, name));
    }
  }

  #try(row: TreeInode, what: string, set: () => void): void {
    try {
      set();
    } catch (error) {
      if (!hasCode(error, ...REFUSALS)) throw error;
      this.losses.addError("metadata", what, error as SystemError, () => this.pathOf(row));
    }
  }

  #mtime(row: TreeInode): { seconds: number; nanoseconds: number } {
    const { seconds, nanoseconds } = this.tree.mtime;
    return { seconds: seconds[row]!, nanoseconds: nanoseconds[row]! };
  }

  #atime(row: TreeInode): { seconds: number; nanoseconds: number } {
    const { seconds, nanoseconds } = this.tree.atime ?? this.tree.mtime;
    return { seconds: seconds[row]!, nanoseconds: nanoseconds[row]! };
  }
}

/** ext4 without `ea_inode` says ENOSPC of a value that fits no block. */
function isTooLarge({ value }: Xattr): boolean {
  return value.length > 3000;
}

/** `fchmodat` follows links: the name is opened first, and what was opened is changed. */
function setModeOfName(folder: Descriptor, name: Uint8Array, mode: number): void {
  const fd = openAt(folder, name, O_PATH | O_NOFOLLOW);
  try {
    const proc = openAt(fd, PROC, O_PATH);
    try {
      setMode(proc, encoder.encode(String(fd)), mode);
    } finally {
      close(proc);
    }
  } finally {
    close(fd);
  }
}
