/**
 * Extended attributes, POSIX ACLs among them, of names that are not followed.
 *
 * Linux had no `getxattrat` for long, so a name in a folder is reached through
 * `/proc/self/fd/FOLDER/NAME`, which works at any depth.
 * @module
 */

import { check, lastErrno, libc, listxattrat } from "./calls.ts";
import { ERRNO, SystemError } from "./errno.ts";
import type { Descriptor } from "./files.ts";
import { cString, joinBytes, printable } from "./paths.ts";

/** One attribute: its whole name without a NUL, and its value. */
export interface Attribute {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * Receives an attribute that cannot be read; without a name, they cannot be listed.
 */
export type OnUnreadable = (error: SystemError, name?: Uint8Array) => void;

// The kernel's limits: XATTR_LIST_MAX and XATTR_SIZE_MAX.
const listing = new Uint8Array(65_536);
const content = new Uint8Array(65_536);
const encoder = new TextEncoder();

/** The path of a name in an open folder, as a C string. */
export function pathThroughProc(folder: Descriptor, name: Uint8Array): Uint8Array {
  return cString(joinBytes(encoder.encode(`/proc/self/fd/${folder}`), name));
}

/** Reads the attributes of many names in one folder, of which most have none. */
export class AttributeReader {
  readonly #path = new Uint8Array(512);
  #prefixBytes = 0;
  #folder: Descriptor | undefined;
  #canListAt = true;

  /** Goes to an open folder. */
  enter(folder: Descriptor): void {
    const { written } = encoder.encodeInto(`/proc/self/fd/${folder}/`, this.#path);
    this.#prefixBytes = written;
    this.#folder = folder;
  }

  /** The attributes of a name in the folder that can be read; the name is a C string. */
  ofName(cName: Uint8Array, onUnreadable: OnUnreadable): Attribute[] {
    if (this.#canListAt) {
      // Asking for the size alone is what costs least.
      const size = listxattrat(this.#folder!, cName, AT_SYMLINK_NOFOLLOW, listing, 0);
      if (size === 0) return NONE;
      // Kernels before 6.13 do not have the call, and some containers forbid it. Whatever else it
      // is, the way through the path says the same.
      const errno = size < 0 ? lastErrno() : 0;
      if (errno === ERRNO.ENOSYS || errno === ERRNO.EPERM) this.#canListAt = false;
    }
    this.#path.set(cName, this.#prefixBytes);
    return readAttributes(this.#path.subarray(0, this.#prefixBytes + cName.length), onUnreadable);
  }
}

const AT_SYMLINK_NOFOLLOW = 0x100;

/**
 * The attributes of a file that can be read; none where the file system has no attributes. What one
 * of them costs is itself: the others are read, whatever is wrong with it.
 *
 * @param path A C string, e.g. of {@linkcode pathThroughProc}.
 */
export function readAttributes(path: Uint8Array, onUnreadable: OnUnreadable): Attribute[] {
  const attributes: Attribute[] = [];
  for (const cName of listedNames(path, onUnreadable)) {
    const size = libc.lgetxattr(path, cName, content, content.length);
    const name = cName.subarray(0, -1);
    if (size >= 0) attributes.push({ name, value: content.slice(0, size) });
    else {
      const errno = lastErrno();
      // Somebody may have removed it since it was listed; a layer may list what it does not give.
      const isGone = errno === ERRNO.ENODATA && !isListed(path, cName);
      if (!isGone) onUnreadable(new SystemError("lgetxattr", errno, printable(name)), name);
    }
  }
  return attributes;
}

const NONE: Attribute[] = [];
const NO_NAMES: Uint8Array[] = [];

/** The names of attributes, as C strings. */
function listedNames(path: Uint8Array, onUnreadable: OnUnreadable): Uint8Array[] {
  if (libc.llistxattr(path, listing, 0) === 0) return NO_NAMES;
  const size = libc.llistxattr(path, listing, listing.length);
  if (size < 0) {
    const errno = lastErrno();
    if (errno !== ERRNO.EOPNOTSUPP) onUnreadable(new SystemError("llistxattr", errno));
    return NO_NAMES;
  }
  const names: Uint8Array[] = [];
  for (let start = 0; start < size;) {
    const end = listing.indexOf(0, start);
    if (end < start || end >= size) {
      onUnreadable(new SystemError("llistxattr", ERRNO.EIO));
      break;
    }
    names.push(listing.slice(start, end + 1));
    start = end + 1;
  }
  return names;
}

function isListed(path: Uint8Array, cName: Uint8Array): boolean {
  return listedNames(path, () => {}).some((name) => isSame(name, cName));
}

function isSame(name: Uint8Array, other: Uint8Array): boolean {
  return name.length === other.length && name.every((byte, i) => byte === other[i]);
}

/** Whether a file has an attribute, whose value need not be readable. @throws SystemError */
export function hasAttribute(path: Uint8Array, name: string): boolean {
  const size = libc.lgetxattr(path, cString(name), content, 0);
  if (size >= 0) return true;
  const errno = lastErrno();
  if (errno === ERRNO.ENODATA || errno === ERRNO.EOPNOTSUPP) return false;
  throw new SystemError("lgetxattr", errno, name);
}

/** Removes an attribute of a name that is not followed; one that is not there is no error. */
export function removeAttribute(path: Uint8Array, name: string): void {
  if (libc.lremovexattr(path, cString(name)) === 0) return;
  const errno = lastErrno();
  if (errno !== ERRNO.ENODATA && errno !== ERRNO.EOPNOTSUPP) {
    throw new SystemError("lremovexattr", errno, name);
  }
}

/**
 * Sets an attribute, replacing one of the same name.
 *
 * @throws SystemError `EOPNOTSUPP`, `EPERM`, `ENOSPC` and others.
 */
export function writeAttribute(path: Uint8Array, { name, value }: Attribute): void {
  const cName = cString(name);
  check(
    "lsetxattr",
    () => libc.lsetxattr(path, cName, value.length === 0 ? EMPTY : value, value.length, 0),
    () => printable(name),
  );
}

// An empty typed array has no address to pass.
const EMPTY = new Uint8Array(1);
