/**
 * The functions of the C library that icecore calls, opened by the first call in each thread: who
 * only reads an image from a server, or on Node, needs none.
 * @module
 */

import process from "node:process";
import { C_LIBRARY, type Library, openLibrary, type Signature } from "./library.ts";
import { ERRNO, SystemError } from "./errno.ts";

/** Where relative paths begin when no folder is given. */
export const AT_FDCWD = -100;

// `statx` and `getdents64` go through `syscall`: old musl has no wrappers for them.
const SIGNATURES = {
  openat: { parameters: ["i32", "buffer", "i32", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  readlinkat: { parameters: ["i32", "buffer", "buffer", "usize"], result: "i32" },
  llistxattr: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  lgetxattr: { parameters: ["buffer", "buffer", "buffer", "usize"], result: "i32" },
  lsetxattr: { parameters: ["buffer", "buffer", "buffer", "usize", "i32"], result: "i32" },
  lremovexattr: { parameters: ["buffer", "buffer"], result: "i32" },
  mkdirat: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  mknodat: { parameters: ["i32", "buffer", "u32", "i64"], result: "i32" },
  symlinkat: { parameters: ["buffer", "i32", "buffer"], result: "i32" },
  linkat: { parameters: ["i32", "buffer", "i32", "buffer", "i32"], result: "i32" },
  unlinkat: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  fchownat: { parameters: ["i32", "buffer", "u32", "u32", "i32"], result: "i32" },
  fchmodat: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  utimensat: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  fchown: { parameters: ["i32", "u32", "u32"], result: "i32" },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  futimens: { parameters: ["i32", "buffer"], result: "i32" },
  fsetxattr: { parameters: ["i32", "buffer", "buffer", "usize", "i32"], result: "i32" },
  fremovexattr: { parameters: ["i32", "buffer"], result: "i32" },
  renameat: { parameters: ["i32", "buffer", "i32", "buffer"], result: "i32" },
  faccessat: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "i64", "buffer"], result: "i32" },
  fstatfs: { parameters: ["i32", "buffer"], result: "i32" },
  syscall: { parameters: ["i64", "i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  _exit: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Record<string, Signature>;

// `syscall` once more, with the parameters of `listxattrat` and `renameat2`.
const TWO_BUFFERS = {
  syscall: { parameters: ["i64", "i32", "buffer", "i32", "buffer", "usize"], result: "i32" },
} as const satisfies Record<string, Signature>;

type Functions = Library<keyof typeof SIGNATURES>["functions"];

/** The C functions by name; a negative result means that {@linkcode lastErrno} says why. */
export let libc: Functions = Object.fromEntries(
  Object.keys(SIGNATURES).map((name) => [
    name,
    (...parameters: unknown[]) => opened()[name as keyof Functions](...parameters),
  ]),
) as Functions;

let errno = new Int32Array(1);

/** Opens the library; from then on `libc` has its functions themselves. */
function opened(): Functions {
  const { functions, view } = openLibrary<keyof typeof SIGNATURES>([C_LIBRARY], SIGNATURES);
  errno = new Int32Array(view(functions.__errno_location(), 4));
  return libc = functions;
}

let twoBuffersLibrary: Library<"syscall"> | undefined;

/** `listxattrat(folder, path, flags, into, size)`, since Linux 6.13; -1 where it is missing. */
export function listxattrat(
  folder: number,
  path: Uint8Array,
  flags: number,
  into: Uint8Array,
  sizeBytes: number,
): number {
  return twoBuffers().syscall(LISTXATTRAT, folder, path, flags, into, sizeBytes);
}

/** The same number on every architecture. */
const LISTXATTRAT = 465;

/** `renameat2` on two paths; -1 where a file system does not know the flags. */
export function renameat2(from: Uint8Array, to: Uint8Array, flags: number): number {
  return twoBuffers().syscall(RENAMEAT2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

const RENAMEAT2 = process.arch === "arm64" ? 276 : 316;

function twoBuffers(): Library<"syscall">["functions"] {
  twoBuffersLibrary ??= openLibrary([C_LIBRARY], TWO_BUFFERS);
  return twoBuffersLibrary.functions;
}

/** The error number of this thread's last failed call; to be read before the next call. */
export function lastErrno(): number {
  return errno[0]!;
}

/** Numbers of the system calls that have no wrapper everywhere, by architecture. */
export const SYSCALL = process.arch === "arm64"
  ? { getdents64: 61, statx: 291 }
  : { getdents64: 217, statx: 332 };

/**
 * Runs a call again while a signal interrupts it, not without end.
 *
 * @param name The call's name, for the error.
 * @param path What it works on, in a form fit for people; asked for only when it fails.
 * @returns The call's result, never negative.
 * @throws SystemError when the call fails.
 */
export function check(name: string, call: () => number | bigint, path?: () => string): number {
  for (let interruptions = 0;; interruptions++) {
    const result = Number(call());
    if (result >= 0) return result;
    const number = lastErrno();
    if (number !== ERRNO.EINTR || interruptions === MOST_INTERRUPTIONS) {
      throw new SystemError(name, number, path?.());
    }
  }
}

/** Some file systems say so without any signal, and would for ever. */
const MOST_INTERRUPTIONS = 1000;
