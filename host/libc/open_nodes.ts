/**
 * Describes what is open: owner, mode, times, attributes. No name can be put in the way.
 * @module
 */

import { check, lastErrno, libc } from "./calls.ts";
import { ERRNO, SystemError } from "./errno.ts";
import type { Descriptor } from "./files.ts";
import { cString, printable } from "./paths.ts";
import type { Timestamp } from "./status.ts";
import type { Attribute } from "./xattrs.ts";

// These three are called for each file: a failure alone takes the long way, which calls again. It is
// apart, as what a function's closures see is made anew whenever the function is entered.

/** Sets owner and group. Clears setuid bits and capabilities. */
export function setOwnerOfOpen(fd: Descriptor, uid: number, gid: number): void {
  if (libc.fchown(fd, uid, gid) < 0) setOwnerAgain(fd, uid, gid);
}

function setOwnerAgain(fd: Descriptor, uid: number, gid: number): void {
  check("fchown", () => libc.fchown(fd, uid, gid));
}

/** Sets the permission bits. */
export function setModeOfOpen(fd: Descriptor, mode: number): void {
  const bits = mode & 0o7777;
  if (libc.fchmod(fd, bits) < 0) setModeAgain(fd, bits);
}

function setModeAgain(fd: Descriptor, bits: number): void {
  check("fchmod", () => libc.fchmod(fd, bits));
}

/** How many words a time is: `struct timespec`. */
export const TIME_WORDS = 4;
// As words: four numbers of 64 bits would be four objects a call.
const times = new Int32Array(2 * TIME_WORDS);

/** Sets access and modification time. */
export function setTimesOfOpen(fd: Descriptor, atime: Timestamp, mtime: Timestamp): void {
  putTime(times, 0, atime.seconds, atime.nanoseconds);
  putTime(times, TIME_WORDS, mtime.seconds, mtime.nanoseconds);
  setScratchTimes(fd);
}

/** The same, of both times where `putTime` has put them. */
export function setPutTimesOfOpen(fd: Descriptor, from: Int32Array, at: number): void {
  for (let i = 0; i < times.length; i++) times[i] = from[at + i]!;
  setScratchTimes(fd);
}

/** Puts a time into `TIME_WORDS` words: that of access first, that of modification behind it. */
export function putTime(into: Int32Array, at: number, seconds: number, nanoseconds: number): void {
  into[at] = seconds;
  into[at + 1] = Math.floor(seconds / 0x1_0000_0000);
  into[at + 2] = nanoseconds;
  into[at + 3] = 0;
}

function setScratchTimes(fd: Descriptor): void {
  if (libc.futimens(fd, times) < 0) setTimesAgain(fd);
}

function setTimesAgain(fd: Descriptor): void {
  check("futimens", () => libc.futimens(fd, times));
}

// An empty typed array has no address to pass.
const EMPTY = new Uint8Array(1);

/** Sets an attribute, replacing one of the same name. */
export function writeAttributeOfOpen(fd: Descriptor, { name, value }: Attribute): void {
  const cName = cString(name);
  check(
    "fsetxattr",
    () => libc.fsetxattr(fd, cName, value.length === 0 ? EMPTY : value, value.length, 0),
    () => printable(name),
  );
}

/** Removes an attribute; one that is not there is no error. */
export function removeAttributeOfOpen(fd: Descriptor, name: string): void {
  if (libc.fremovexattr(fd, cString(name)) === 0) return;
  const errno = lastErrno();
  if (errno !== ERRNO.ENODATA && errno !== ERRNO.EOPNOTSUPP) {
    throw new SystemError("fremovexattr", errno, name);
  }
}

/** Renames within one folder, replacing what has the new name; a folder is not replaced. */
export function renameWithin(folder: Descriptor, from: Uint8Array, to: Uint8Array): void {
  const [oldName, newName] = [cString(from), cString(to)];
  check("rename", () => libc.renameat(folder, oldName, folder, newName), () => printable(to));
}
