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

  /** The attributes of a name in the folder; the name is a C string. @throws SystemError */
  ofName(cName: Uint8Array): Attribute[] {
    if (this.#canListAt) {
      // Asking for the size alone is what costs least.
      const size = listxattrat(this.#folder!, cName, AT_SYMLINK_NOFOLLOW, listing, 0);
      if (size === 0) return NONE;
      if (size < 0) this.#failed(lastErrno(), cName);
    }
    this.#path.set(cName, this.#prefixBytes);
    return readAttributes(this.#path.subarray(0, this.#prefixBytes + cName.length));
  }

  #failed(errno: number, cName: Uint8Array): void {
    // Kernels before 6.13 do not have the call, and some containers forbid it.
    if (errno === ERRNO.ENOSYS || errno === ERRNO.EPERM) this.#canListAt = false;
    else if (errno !== ERRNO.EOPNOTSUPP) {
      throw new SystemError("listxattrat", errno, printable(cName.subarray(0, -1)));
    }
  }
}

const AT_SYMLINK_NOFOLLOW = 0x100;

/**
 * All attributes of a file that the caller may read; none where the file system has no attributes.
 *
 * @param path A C string, e.g. of {@linkcode pathThroughProc}.
 * @throws SystemError when the list or a value cannot be read.
 */
export function readAttributes(path: Uint8Array): Attribute[] {
  if (libc.llistxattr(path, listing, 0) === 0) return NONE;
  const size = libc.llistxattr(path, listing, listing.length);
  if (size === 0) return NONE;
  if (size < 0) {
    const errno = lastErrno();
    if (errno === ERRNO.EOPNOTSUPP) return NONE;
    throw new SystemError("llistxattr", errno, printable(path.subarray(0, -1)));
  }
  const names: Uint8Array[] = [];
  for (let start = 0; start < size;) {
    const end = listing.indexOf(0, start);
    names.push(listing.slice(start, end + 1));
    start = end + 1;
  }
  return names.flatMap((name) => readAttribute(path, name));
}

const NONE: Attribute[] = [];

function readAttribute(path: Uint8Array, cName: Uint8Array): Attribute[] {
  const size = libc.lgetxattr(path, cName, content, content.length);
  if (size >= 0) return [{ name: cName.subarray(0, -1), value: content.slice(0, size) }];
  const errno = lastErrno();
  // Removed since it was listed, or listed by a layer that does not give it out.
  if (errno === ERRNO.ENODATA || errno === ERRNO.EOPNOTSUPP) return [];
  const call = errno === ERRNO.ERANGE ? "lgetxattr (value above 64 KiB)" : "lgetxattr";
  throw new SystemError(call, errno, printable(path.subarray(0, -1)));
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
