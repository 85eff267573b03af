/**
 * Makes and describes names in an open folder: folders, links, device nodes, owners, times.
 * @module
 */

import { check, libc } from "./calls.ts";
import { CURRENT_FOLDER, type Descriptor } from "./files.ts";
import { cString, printable } from "./paths.ts";
import type { Timestamp } from "./status.ts";

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const AT_SYMLINK_FOLLOW = 0x400;

/** Makes a folder. @throws SystemError e.g. `EEXIST`. */
export function makeFolder(folder: Descriptor, name: Uint8Array, mode: number): void {
  const path = cString(name);
  check("mkdir", () => libc.mkdirat(folder, path, mode), () => printable(name));
}

/**
 * Makes a device node, FIFO or socket.
 *
 * @param mode Type and permission bits.
 * @param device Its number: `major` up to 4095, `minor` up to 1,048,575; zeros for a FIFO.
 */
export function makeNode(
  folder: Descriptor,
  name: Uint8Array,
  mode: number,
  device: { readonly major: number; readonly minor: number } = { major: 0, minor: 0 },
): void {
  const path = cString(name);
  const { major, minor } = device;
  // glibc's and musl's makedev: 12 bits of major around 20 bits of minor.
  const number = (minor & 0xff) + (major & 0xfff) * 0x100 + (minor >>> 8) * 0x100000;
  check("mknod", () => libc.mknodat(folder, path, mode, number), () => printable(name));
}

/** Makes a symbolic link. */
export function makeSymlink(target: Uint8Array, folder: Descriptor, name: Uint8Array): void {
  const [to, path] = [cString(target), cString(name)];
  check("symlink", () => libc.symlinkat(to, folder, path), () => printable(name));
}

/** Gives an open file a further name. @throws SystemError `EMLINK` past the most links. */
export function makeLinkToOpen(file: Descriptor, folder: Descriptor, name: Uint8Array): void {
  const [old, path] = [cString(`/proc/self/fd/${file}`), cString(name)];
  check(
    "link",
    () => libc.linkat(CURRENT_FOLDER, old, folder, path, AT_SYMLINK_FOLLOW),
    () => printable(name),
  );
}

/** Removes a name; a folder must be empty. */
export function removeName(
  folder: Descriptor,
  name: string | Uint8Array,
  kind: "file" | "folder",
): void {
  const path = cString(name);
  const flags = kind === "folder" ? AT_REMOVEDIR : 0;
  check("unlink", () => libc.unlinkat(folder, path, flags), () => printable(name));
}

/** Sets the owner and group of a name itself, not of what it links to. Clears setuid bits. */
export function setOwner(folder: Descriptor, name: Uint8Array, uid: number, gid: number): void {
  const path = cString(name);
  check(
    "chown",
    () => libc.fchownat(folder, path, uid, gid, AT_SYMLINK_NOFOLLOW),
    () => printable(name),
  );
}

/** Sets the permission bits of anything but a symbolic link. */
export function setMode(folder: Descriptor, name: Uint8Array, mode: number): void {
  const path = cString(name);
  check("chmod", () => libc.fchmodat(folder, path, mode & 0o7777, 0), () => printable(name));
}

const times = new BigInt64Array(4);

/** Sets access and modification time of a name itself. */
export function setTimes(
  folder: Descriptor,
  name: Uint8Array,
  atime: Timestamp,
  mtime: Timestamp,
): void {
  const path = cString(name);
  times[0] = BigInt(atime.seconds);
  times[1] = BigInt(atime.nanoseconds);
  times[2] = BigInt(mtime.seconds);
  times[3] = BigInt(mtime.nanoseconds);
  check(
    "utimensat",
    () => libc.utimensat(folder, path, times, AT_SYMLINK_NOFOLLOW),
    () => printable(name),
  );
}

const targetBuffer = new Uint8Array(65_536);

/** The target of a symbolic link. */
export function readTarget(folder: Descriptor, name: Uint8Array): Uint8Array {
  const path = cString(name);
  const size = check(
    "readlink",
    () => libc.readlinkat(folder, path, targetBuffer, targetBuffer.length),
    () => printable(name),
  );
  return targetBuffer.slice(0, size);
}
