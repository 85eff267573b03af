/**
 * What the kernel knows of a file, through `statx`.
 * @module
 */

import { check, lastErrno, libc, SYSCALL } from "./calls.ts";
import { ERRNO, SystemError } from "./errno.ts";
import type { Descriptor } from "./files.ts";
import { cString, printable } from "./paths.ts";

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_NO_AUTOMOUNT = 0x800;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
const STATX_BTIME = 0x800;

/** `stx_ctime` and `stx_mtime` in `struct statx`. */
const CTIME = 96;
const MTIME = 112;

/** A point in time: whole seconds since 1970 (may be negative) and 0–999,999,999 nanoseconds. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * The result of the last `statx` of one buffer, read in place: scanning a million files makes no
 * million objects. Whoever keeps a value copies it before the next call.
 */
export class StatusBuffer {
  readonly bytes: Uint8Array = new Uint8Array(256);
  readonly #view = new DataView(this.bytes.buffer);

  #u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }
  #u64(offset: number): number {
    return this.#u32(offset + 4) * 0x1_0000_0000 + this.#u32(offset);
  }
  #time(offset: number): Timestamp {
    const seconds = this.#view.getInt32(offset + 4, true) * 0x1_0000_0000 + this.#u32(offset);
    return { seconds, nanoseconds: this.#u32(offset + 8) };
  }

  /** Names of the inode in its file system. */
  get countLinks(): number {
    return this.#u32(16);
  }
  get uid(): number {
    return this.#u32(20);
  }
  get gid(): number {
    return this.#u32(24);
  }
  /** Type and permission bits. */
  get mode(): number {
    return this.#view.getUint16(28, true);
  }
  /** The inode's number as text of its bits, fit as part of a key. */
  get inodeKey(): string {
    return `${this.#u32(136)}:${this.#u32(140)}:${this.#view.getBigUint64(32, true)}`;
  }
  /** The lower half of the inode's number. */
  get inodeLow(): number {
    return this.#u32(32);
  }
  /** Its upper half. */
  get inodeHigh(): number {
    return this.#u32(36);
  }
  /** The file system it lies on, as 12 bits of major and 20 bits of minor number. */
  get fileSystemNumber(): number {
    return (this.#u32(136) << 20 | this.#u32(140)) >>> 0;
  }
  get sizeBytes(): number {
    return this.#u64(40);
  }
  /** Room the file takes on its disk. */
  get allocatedBytes(): number {
    return this.#u64(48) * 512;
  }
  get atime(): Timestamp {
    return this.#time(64);
  }
  /** When it was made; the change time where the file system does not know. */
  get crtime(): Timestamp {
    return (this.#u32(0) & STATX_BTIME) === 0 ? this.ctime : this.#time(80);
  }
  get ctime(): Timestamp {
    return this.#time(CTIME);
  }
  get mtime(): Timestamp {
    return this.#time(MTIME);
  }
  /** Whether it was last written at that time; the same as looking at `mtime`, without an object. */
  hasMtime(seconds: number, nanoseconds: number): boolean {
    return this.#hasTime(MTIME, seconds, nanoseconds);
  }
  /** Whether it, its metadata included, last changed at that time. */
  hasCtime(seconds: number, nanoseconds: number): boolean {
    return this.#hasTime(CTIME, seconds, nanoseconds);
  }
  #hasTime(offset: number, seconds: number, nanoseconds: number): boolean {
    return this.#u32(offset) === seconds >>> 0 && this.#u32(offset + 8) === nanoseconds &&
      this.#view.getInt32(offset + 4, true) === Math.floor(seconds / 0x1_0000_0000);
  }
  /** Whether both are looks at one inode that did not change between them. */
  isSameAs(other: StatusBuffer): boolean {
    return [28, 32, 36, CTIME, CTIME + 8, 136, 140].every((at) => this.#u32(at) === other.#u32(at));
  }
  /** A device node's own number. */
  get deviceMajor(): number {
    return this.#u32(128);
  }
  get deviceMinor(): number {
    return this.#u32(132);
  }
  /** The file system it lies on, as `major:minor`. */
  get fileSystem(): string {
    return `${this.#u32(136)}:${this.#u32(140)}`;
  }
}

/**
 * Reads the status of a name in a folder; a symbolic link is not followed.
 *
 * @throws SystemError e.g. `ENOENT`, `EACCES`.
 */
export function statusAt(folder: Descriptor, name: string | Uint8Array, into: StatusBuffer): void {
  statusOf(folder, cString(name), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, into, name);
}

/** The same for a name that is a C string already, for loops over many. */
export function statusAtCString(folder: Descriptor, name: Uint8Array, into: StatusBuffer): void {
  const flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  statusOf(folder, name, flags, into, name);
}

const EMPTY = new Uint8Array(1);

/** Reads the status of an open file. */
export function statusOfOpen(fd: Descriptor, into: StatusBuffer): void {
  statusOf(fd, EMPTY, AT_EMPTY_PATH, into, "");
}

function statusOf(
  folder: Descriptor,
  path: Uint8Array,
  flags: number,
  into: StatusBuffer,
  name: string | Uint8Array,
): void {
  const mask = STATX_BASIC_STATS | STATX_BTIME;
  if (libc.syscall(SYSCALL.statx, folder, path, flags, mask, into.bytes) === 0) return;
  if (lastErrno() !== ERRNO.EINTR) {
    throw new SystemError("statx", lastErrno(), printable(withoutNul(name)));
  }
  check(
    "statx",
    () => libc.syscall(SYSCALL.statx, folder, path, flags, mask, into.bytes),
    () => printable(withoutNul(name)),
  );
}

const R_OK = 4;

/** Whether the caller may read a file; the name is a C string. */
export function mayRead(folder: Descriptor, name: Uint8Array): boolean {
  return libc.faccessat(folder, name, R_OK, 0) === 0;
}

function withoutNul(name: string | Uint8Array): string | Uint8Array {
  return typeof name !== "string" && name.at(-1) === 0 ? name.subarray(0, -1) : name;
}

/** Free room for the caller on the file system of an open file, in bytes. */
export function freeBytes(fd: Descriptor): number {
  const bytes = new Uint8Array(256);
  check("fstatfs", () => libc.fstatfs(fd, bytes));
  return freeBytesIn(bytes);
}

// `struct statfs` on 64-bit Linux.
const F_BSIZE = 8;
const F_BAVAIL = 32;
const F_FRSIZE = 72;

/** The free room that a `struct statfs` holds. */
export function freeBytesIn(statfs: Uint8Array): number {
  const view = new DataView(statfs.buffer, statfs.byteOffset);
  const field = (offset: number) => Number(view.getBigUint64(offset, true));
  // Blocks are counted in fragments; f_bsize is what reading and writing is best done in.
  return field(F_BAVAIL) * (field(F_FRSIZE) || field(F_BSIZE));
}
