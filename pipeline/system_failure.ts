/**
 * What a system call failed at that nobody has explained better: in words, with its file.
 * @module
 */

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

/** A call that failed: ours, or the runtime's as Node describes it. */
interface Failure {
  readonly call: string;
  readonly code: string;
  readonly path?: string;
  readonly meaning: string;
}

/** The message for a bare error of a system call, ours or the runtime's; `undefined` for others. */
export function systemFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const failure = ownFailure(error) ?? runtimeFailure(error);
  if (failure === undefined) return undefined;
  const { call, code, path, meaning } = failure;
  const what = [VERBS[call] ?? call, path ?? []].flat().join(" ");
  return `cannot ${what}: ${meaning}. ${ADVICE[code] ?? OTHERWISE}`;
}

/** An error of the C library; by its shape, since the pipeline knows no machine. */
function ownFailure(error: Error): Failure | undefined {
  const { call, code, path, meaning } = error as Error & Partial<Failure>;
  if (typeof call !== "string" || typeof code !== "string" || typeof meaning !== "string") {
    return undefined;
  }
  return { call, code, meaning, ...path !== undefined && { path } };
}

/** An error with `code`, `syscall` and `path`, and a message such as `EIO: i/o error, open '/x'`. */
function runtimeFailure(error: Error): Failure | undefined {
  const { code, syscall, path, dest } = error as Error & Partial<Record<string, unknown>>;
  // A program or an address has no path; what they failed with is explained elsewhere.
  if (typeof code !== "string" || typeof syscall !== "string" || typeof path !== "string") {
    return undefined;
  }
  const meaning = /^E[A-Z0-9]+: ([^,]+),/.exec(error.message)?.[1];
  if (meaning === undefined || syscall.includes(" ")) return undefined;
  const to = typeof dest === "string" ? ` to ${dest}` : "";
  return { call: syscall, code, path: `${path}${to}`, meaning };
}
