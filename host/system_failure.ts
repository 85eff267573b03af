/**
 * What a system call failed at that nobody has explained better: in words, with its file.
 * @module
 */

import { meaningOf, SystemError } from "./libc/errno.ts";
import { printable } from "./libc/paths.ts";

/** What a call was to do with its path; others are named as they are. */
const VERBS: Readonly<Record<string, string>> = {
  open: "open",
  openat: "open",
  read: "read",
  write: "write",
  close: "write",
  lstat: "look at",
  stat: "look at",
  statx: "look at",
  access: "look at",
  realpath: "look at",
  readlink: "look at",
  readdir: "list",
  scandir: "list",
  getdents64: "list",
  mkdir: "make the folder",
  mkdtemp: "make the folder",
  rename: "rename",
  link: "give a second name to",
  symlink: "make the link",
  unlink: "remove",
  rm: "remove",
  rmdir: "remove",
  fsync: "bring to the disk",
  fdatasync: "bring to the disk",
  chmod: "set the mode of",
  fchmod: "set the mode of",
  ftruncate: "cut",
};

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "Run icecore as a user who may do that.",
  EPERM: "Run icecore as a user who may do that; look whether it is immutable (lsattr -d).",
  ENOSPC: "Make room there.",
  EDQUOT: "Make room there.",
  EMFILE: "Raise the limit (ulimit -n).",
  ENFILE: "End other programs.",
  EIO: "Look at the disk (dmesg).",
  EROFS: "Choose another place.",
};

const OTHERWISE = "Look at what is there, and try again.";

/** The message for a bare error of a system call, ours or the runtime's; `undefined` for others. */
export function systemFailure(error: unknown): string | undefined {
  const failed = error instanceof SystemError
    ? { syscall: error.call, code: error.code, path: error.path }
    : runtimeFailure(error);
  if (failed === undefined) return undefined;
  const { syscall, code, path } = failed;
  const what = [VERBS[syscall] ?? syscall, path ?? []].flat().join(" ");
  return `cannot ${what}: ${meaningOf(error)}. ${ADVICE[code] ?? OTHERWISE}`;
}

/** An error as Node describes it: with `code`, `syscall`, and mostly `path`. */
function runtimeFailure(
  error: unknown,
): { readonly syscall: string; readonly code: string; readonly path?: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path, dest } = error as unknown as Record<string, unknown>;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  // A program or an address has no path; what they failed with is explained elsewhere.
  if (typeof syscall !== "string" || typeof path !== "string" || / /.test(syscall)) {
    return undefined;
  }
  const to = typeof dest === "string" ? ` to ${printable(dest)}` : "";
  return { syscall, code, path: `${printable(path)}${to}` };
}
