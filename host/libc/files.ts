/**
 * Files by descriptor: open, read, write, seek, sync. Bytes in, bytes out.
 *
 * Descriptors are the kernel's own numbers; whoever opens one closes it with {@linkcode close}.
 * @module
 */

import process from "node:process";
import { AT_FDCWD, check, lastErrno, libc } from "./calls.ts";
import { ERRNO, SystemError } from "./errno.ts";
import { printable, scratchCString, scratchCStringOf } from "./paths.ts";

/** An open file of the kernel. */
export type Descriptor = number & { readonly brand: "Descriptor" };

/** The current folder, where relative paths begin. */
export const CURRENT_FOLDER = AT_FDCWD as Descriptor;

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_NONBLOCK = 0o4000;
// These three differ between x64 and arm64.
const ARM = process.arch === "arm64";
export const O_DIRECTORY = ARM ? 0o40000 : 0o200000;
export const O_NOFOLLOW = ARM ? 0o100000 : 0o400000;
export const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;
const O_LARGEFILE = ARM ? 0o400000 : 0;

/**
 * Opens a file relative to a folder.
 *
 * @param folder A descriptor of a folder, or `CURRENT_FOLDER`.
 * @param name A name or path; bytes need not be UTF-8.
 * @param flags `O_…` values combined; close-on-exec is always set.
 * @param mode Permission bits of a file that is created.
 * @throws SystemError e.g. `ENOENT`, `EACCES`, `ELOOP` (a symbolic link under `O_NOFOLLOW`).
 */
export function openAt(
  folder: Descriptor,
  name: string | Uint8Array,
  flags: number,
  mode = 0o666,
): Descriptor {
  const path = scratchCString(name);
  const all = flags | O_CLOEXEC | O_LARGEFILE;
  const fd = libc.openat(folder, path, all, mode);
  return fd >= 0 ? fd as Descriptor : openAgain(folder, name, path, all, mode);
}

// Called for each file: a failure alone takes the long way, which calls again. It is apart, as what a
// function's closures see is made anew whenever the function is entered.
function openAgain(
  folder: Descriptor,
  name: string | Uint8Array,
  path: Uint8Array,
  flags: number,
  mode: number,
): Descriptor {
  const call = () => libc.openat(folder, path, flags, mode);
  return check("open", call, () => printable(name)) as Descriptor;
}

/**
 * Opens a file by a name that lies somewhere in an array: of many names, no views are made.
 *
 * @param length Of the name, 1 to 255 bytes.
 * @throws SystemError as `openAt`
 */
export function openPartAt(
  folder: Descriptor,
  bytes: Uint8Array,
  at: number,
  length: number,
  flags: number,
  mode = 0o666,
): Descriptor {
  const path = scratchCStringOf(bytes, at, length);
  const fd = libc.openat(folder, path, flags | O_CLOEXEC | O_LARGEFILE, mode);
  if (fd >= 0) return fd as Descriptor;
  return openAt(folder, bytes.slice(at, at + length), flags, mode);
}

/** Closes a descriptor. A failure to write late data is thrown. */
export function close(fd: Descriptor): void {
  // After EINTR the descriptor is closed all the same on Linux; closing again could hit another's.
  if (libc.close(fd) < 0 && lastErrno() !== ERRNO.EINTR) {
    throw new SystemError("close", lastErrno());
  }
}

/**
 * Closes what was only read: no data can be lost by it, so that a file system's complaint, as one
 * over a network may have, is of no matter.
 */
export function closeRead(fd: Descriptor): void {
  if (libc.close(fd) < 0 && lastErrno() === ERRNO.EBADF) {
    throw new SystemError("close", ERRNO.EBADF);
  }
}

/** Reads at a position; returns the bytes read, which may be fewer, and 0 past the end. */
export function readAt(fd: Descriptor, into: Uint8Array, offsetBytes: number): number {
  const count = libc.pread(fd, into, into.length, offsetBytes);
  return count >= 0 ? count : readAgain(fd, into, offsetBytes);
}

function readAgain(fd: Descriptor, into: Uint8Array, offsetBytes: number): number {
  return check("read", () => libc.pread(fd, into, into.length, offsetBytes));
}

/** Reads at a position until `into` is full or the file ends; returns the bytes read. */
export function readFullyAt(fd: Descriptor, into: Uint8Array, offsetBytes: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readAt(fd, done === 0 ? into : into.subarray(done), offsetBytes + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Writes everything at the descriptor's own position, also to a pipe that does not block. */
export function writeAll(fd: Descriptor, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    const rest = done === 0 ? bytes : bytes.subarray(done);
    try {
      done += advanced(check("write", () => libc.write(fd, rest, rest.length)));
    } catch (error) {
      if (!(error instanceof SystemError) || error.code !== "EAGAIN") throw error;
      waitForRoom(fd);
    }
  }
}

/** Writes as much as there is room for; returns the bytes written, 0 where it would have to wait. */
export function writeSome(fd: Descriptor, bytes: Uint8Array): number {
  try {
    return check("write", () => libc.write(fd, bytes, bytes.length));
  } catch (error) {
    if (error instanceof SystemError && error.code === "EAGAIN") return 0;
    throw error;
  }
}

const POLLOUT = 4;

/**
 * Sleeps until a descriptor takes more bytes, or its reader has gone away.
 *
 * @param timeoutMs How long at most; without end when absent.
 * @returns false when there was no room by then.
 */
export function waitForRoom(fd: Descriptor, timeoutMs = -1): boolean {
  // struct pollfd: the descriptor, then what is waited for in the low half of a word.
  const waited = Int32Array.of(fd, POLLOUT);
  return check("poll", () => libc.poll(waited, 1, timeoutMs)) > 0;
}

/** Writes everything at a position. */
export function writeAllAt(fd: Descriptor, bytes: Uint8Array, offsetBytes: number): void {
  let done = 0;
  while (done < bytes.length) {
    const rest = done === 0 ? bytes : bytes.subarray(done);
    const count = libc.pwrite(fd, rest, rest.length, offsetBytes + done);
    done += advanced(count >= 0 ? count : writeAgain(fd, rest, offsetBytes + done));
  }
}

function writeAgain(fd: Descriptor, bytes: Uint8Array, offsetBytes: number): number {
  return check("write", () => libc.pwrite(fd, bytes, bytes.length, offsetBytes));
}

/** The bytes that a write took. @throws SystemError where it took none: it would for ever. */
function advanced(countBytes: number): number {
  if (countBytes > 0) return countBytes;
  throw new SystemError("write", ERRNO.EIO);
}

const SEEK = { set: 0, end: 2, data: 3, hole: 4 } as const;

/**
 * Moves the descriptor's position.
 *
 * @param whence `data` and `hole` look for the next data or hole at or after the offset.
 * @returns The new position; -1 where no data follows (`data` only).
 */
export function seek(fd: Descriptor, offsetBytes: number, whence: keyof typeof SEEK): number {
  const result = Number(libc.lseek(fd, offsetBytes, SEEK[whence]));
  if (result >= 0) return result;
  const errno = lastErrno();
  if (whence === "data" && errno === ERRNO.ENXIO) return -1;
  throw new SystemError("lseek", errno);
}

/** Cuts or extends a file to a size; what is added is a hole. */
export function truncate(fd: Descriptor, sizeBytes: number): void {
  check("ftruncate", () => libc.ftruncate(fd, sizeBytes));
}

/**
 * Reserves room for a file on disk up to a size, and makes it that large.
 *
 * @returns false where the file system cannot (then nothing was done).
 * @throws SystemError `ENOSPC` when the disk is too full.
 */
export function preallocate(fd: Descriptor, sizeBytes: number): boolean {
  try {
    check("fallocate", () => libc.fallocate(fd, 0, 0, sizeBytes));
    return true;
  } catch (error) {
    if (error instanceof SystemError && error.code === "EOPNOTSUPP") return false;
    throw error;
  }
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Takes the file's exclusive lock, held until the descriptor is closed; false if another has it. */
export function tryLock(fd: Descriptor): boolean {
  if (libc.flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const errno = lastErrno();
  if (errno === ERRNO.EAGAIN) return false;
  throw new SystemError("flock", errno);
}
