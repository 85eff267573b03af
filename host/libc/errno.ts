/**
 * `errno` turned into named errors.
 * @module
 */

/** The error numbers icecore tells apart or explains; the numbers are those of Linux. */
const NAMES: Readonly<Record<number, readonly [name: string, meaning: string]>> = {
  1: ["EPERM", "operation not permitted"],
  2: ["ENOENT", "no such file or directory"],
  4: ["EINTR", "interrupted"],
  5: ["EIO", "input/output error"],
  6: ["ENXIO", "no such device or address"],
  7: ["E2BIG", "argument list too long"],
  8: ["ENOEXEC", "not a program for this machine"],
  9: ["EBADF", "bad file descriptor"],
  11: ["EAGAIN", "resource temporarily unavailable"],
  12: ["ENOMEM", "out of memory"],
  13: ["EACCES", "permission denied"],
  16: ["EBUSY", "device or resource busy"],
  17: ["EEXIST", "file exists"],
  18: ["EXDEV", "crosses file systems"],
  20: ["ENOTDIR", "not a folder"],
  21: ["EISDIR", "is a folder"],
  22: ["EINVAL", "invalid argument"],
  23: ["ENFILE", "too many open files in the system"],
  24: ["EMFILE", "too many open files"],
  26: ["ETXTBSY", "text file busy"],
  27: ["EFBIG", "file too large"],
  28: ["ENOSPC", "no space left on device"],
  29: ["ESPIPE", "cannot seek"],
  30: ["EROFS", "read-only file system"],
  31: ["EMLINK", "too many links"],
  32: ["EPIPE", "broken pipe"],
  34: ["ERANGE", "result too large"],
  36: ["ENAMETOOLONG", "name too long"],
  38: ["ENOSYS", "not implemented by this kernel"],
  39: ["ENOTEMPTY", "folder not empty"],
  40: ["ELOOP", "too many symbolic links"],
  61: ["ENODATA", "no data"],
  75: ["EOVERFLOW", "value too large"],
  95: ["EOPNOTSUPP", "not supported"],
  116: ["ESTALE", "stale file handle"],
  122: ["EDQUOT", "disk quota exceeded"],
};

/** The name of an error number, e.g. `ENOENT` for 2; `E<number>` where it has none here. */
export function errnoName(errno: number): string {
  return NAMES[errno]?.[0] ?? `E${errno}`;
}

/** A system call that failed. */
export class SystemError extends Error {
  /** The error's name, e.g. `ENOENT`. */
  readonly code: string;
  /** What the error means, e.g. `no such file or directory`. */
  readonly meaning: string;

  /**
   * @param call The system call, e.g. `openat`.
   * @param errno Its error number.
   * @param path What it was called on, in a form fit for people.
   */
  constructor(readonly call: string, readonly errno: number, readonly path?: string) {
    const [name, meaning] = NAMES[errno] ?? [`E${errno}`, `error ${errno}`];
    super(`${call}${path === undefined ? "" : ` ${path}`}: ${meaning} (${name})`);
    this.name = "SystemError";
    this.code = name;
    this.meaning = meaning;
  }
}

/** Whether an error is a failed system call with one of these codes, ours or the runtime's. */
export function hasCode(error: unknown, ...codes: string[]): error is Error & { code: string } {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && codes.includes(code);
}

/** What an error of a system call means, ours or the runtime's, without the call and its path. */
export function meaningOf(error: unknown): string {
  if (error instanceof SystemError) return error.meaning;
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  const known = Object.values(NAMES).find(([name]) => name === code);
  if (known !== undefined) return known[1];
  return error instanceof Error ? error.message : String(error);
}
