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
  type TimeColumn,
  type Tree,
  type TreeInode,
  type Xattr,
} from "../../ext4/tree.ts";
import { hasCode, SystemError } from "../../host/libc/errno.ts";
import { close, type Descriptor, O_NOFOLLOW, O_PATH, openAt } from "../../host/libc/files.ts";
import { setMode, setOwner, setTimes } from "../../host/libc/nodes.ts";
import {
  removeAttributeOfOpen,
  setModeOfOpen,
  setOwnerOfOpen,
  setTimesOfOpen,
  writeAttributeOfOpen,
} from "../../host/libc/open_nodes.ts";
import { printable } from "../../host/libc/paths.ts";
import { freeBytes, type Timestamp } from "../../host/libc/status.ts";
import { pathThroughProc, removeAttribute, writeAttribute } from "../../host/libc/xattrs.ts";
import type { Caller } from "./caller.ts";
import type { Existing } from "./existing.ts";
import { type Losses, REFUSALS } from "./losses.ts";
import {
  attempt,
  giveOwner,
  KEEP_OWNER,
  type OnRefused,
  type OwnerAndMode,
  type PlainMetadata,
  type Refused,
  SETUID_SETGID,
} from "./plain_metadata.ts";

const ACL = "system.posix_acl_";
const ONLY_ROOT_SETUID = "only root may restore setuid and setgid";
const ROOT = 0;
const encoder = new TextEncoder();
/** More than any attribute takes, with what a file system needs to keep it. */
const ROOM_FOR_ATTRIBUTES_BYTES = 256 * 1024;
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
    const metadata = this.#plainMetadata(row);
    const onRefused = this.#onRefused(row);
    const mode = giveOwner(metadata, (uid, gid) => setOwnerOfOpen(fd, uid, gid), onRefused);
    this.#dropInherited(row, (name) => removeAttributeOfOpen(fd, name));
    const write = (xattr: Xattr) => writeAttributeOfOpen(fd, xattr);
    this.#attributes(row, false, fd, write);
    attempt("mode", () => setModeOfOpen(fd, mode), onRefused);
    this.#attributes(row, true, fd, write);
    attempt("times", () => setTimesOfOpen(fd, metadata.atime, metadata.mtime), onRefused);
  }

  /** Describes a symbolic link or a node, which is not to be opened. */
  describeName(folder: Descriptor, name: Uint8Array, row: TreeInode): void {
    const metadata = this.#plainMetadata(row);
    const onRefused = this.#onRefused(row);
    const mode = giveOwner(metadata, (uid, gid) => setOwner(folder, name, uid, gid), onRefused);
    const isLink = (this.tree.mode[row]! & S_IFMT) === S_IFLNK;
    if (!isLink) {
      // Before the mode, which would give an inherited ACL its rights.
      const remove = (acl: string) => removeAttribute(pathThroughProc(folder, name), acl);
      this.#dropInherited(row, remove);
      attempt("mode", () => setModeOfName(folder, name, mode), onRefused);
    }
    const write = (xattr: Xattr) => writeAttribute(pathThroughProc(folder, name), xattr);
    this.#attributes(row, false, folder, write);
    this.#attributes(row, true, folder, write);
    const times = () => setTimes(folder, name, metadata.atime, metadata.mtime);
    attempt("times", times, onRefused);
  }

  /** Whether owner, mode and times are all that there is to describe. */
  isPlain(row: TreeInode): boolean {
    return this.tree.xattrSet[row] === 0 && !this.existing.inheritsAcls;
  }

  /** Owner and mode, as far as the caller may set them. */
  ownerAndMode(row: TreeInode): OwnerAndMode {
    const { tree, caller } = this;
    const uid = tree.uid[row]!;
    const gid = tree.gid[row]!;
    const isOwned = this.#ownsWhatItMakes && uid === caller.uid && gid === caller.gid;
    // A new target folder is the caller's: the image's root may be one that nobody has.
    const keepsOwner = isOwned || (row === ROOT && !caller.isRoot);
    return {
      uid: keepsOwner ? KEEP_OWNER : uid,
      gid,
      mode: this.#modeOf(row),
    };
  }

  #plainMetadata(row: TreeInode): PlainMetadata {
    const { mtime, atime = mtime } = this.tree;
    return { ...this.ownerAndMode(row), atime: timeOf(atime, row), mtime: timeOf(mtime, row) };
  }

  /** Takes note of what a file system refused, of one inode or of several. */
  refused(row: TreeInode, what: Refused, error: SystemError, count = 1): void {
    const { losses } = this;
    const path = () => this.pathOf(row);
    if (what === "setuid") losses.add("setuid", ONLY_ROOT_SETUID, false, path, count);
    else if (what === "owner") {
      const isGrave = this.caller.isRoot;
      const reason = isGrave ? "the owner could not be set" : "only root may set the owner";
      losses.add("owner", reason, isGrave, path, count);
    } else losses.addError("metadata", `its ${what}`, error, path, count);
  }

  #onRefused(row: TreeInode): OnRefused {
    return (what, error) => this.refused(row, what, error);
  }

  #modeOf(row: TreeInode): number {
    const mode = this.tree.mode[row]!;
    // On a folder setgid lets files inherit its group, which harms nobody.
    const mayKeep = this.caller.isRoot || (mode & S_IFMT) !== S_IFREG;
    if (mayKeep || (mode & SETUID_SETGID) === 0) return mode;
    this.losses.add("setuid", ONLY_ROOT_SETUID, false, () => this.pathOf(row));
    return mode & ~SETUID_SETGID;
  }

  /** @param disk Something open on the file system that is to hold them. */
  #attributes(
    row: TreeInode,
    acls: boolean,
    disk: Descriptor,
    write: (xattr: Xattr) => void,
  ): void {
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
        if (hasCode(error, "EDQUOT") || hasCode(error, "ENOSPC") && isFull(disk)) throw error;
        this.losses.addError("attribute", name, error, () => this.pathOf(row));
      }
    }
  }

  /** Takes away what a folder that was there before has handed on. */
  #dropInherited(row: TreeInode, remove: (acl: string) => void): void {
    if (!this.existing.inheritsAcls) return;
    for (const name of [`${ACL}access`, `${ACL}default`]) {
      try {
        remove(name);
      } catch (error) {
        if (!(error instanceof SystemError) || !hasCode(error, ...REFUSALS)) throw error;
        this.losses.addError("metadata", name, error, () => this.pathOf(row));
      }
    }
  }
}

function timeOf({ seconds, nanoseconds }: TimeColumn, row: TreeInode): Timestamp {
  return { seconds: seconds[row]!, nanoseconds: nanoseconds[row]! };
}

/** ext4 without `ea_inode` says ENOSPC as well of attributes that do not fit into one block. */
function isFull(disk: Descriptor): boolean {
  return freeBytes(disk) < ROOM_FOR_ATTRIBUTES_BYTES;
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
