/**
 * `errno` turned into named errors.
 * @module
 */

/** The error numbers icecore distinguishes or explains; the numbers are those of Linux. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EMLINK: 31,
  EPIPE: 32,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  ENODATA: 61,
  EBADMSG: 74,
  EOVERFLOW: 75,
  EILSEQ: 84,
  EOPNOTSUPP: 95,
  ESTALE: 116,
  EUCLEAN: 117,
  EREMOTEIO: 121,
  EDQUOT: 122,
} as const;

type ErrorName = keyof typeof ERRNO;

const MEANINGS: Readonly<Record<ErrorName, string>> = {
  EPERM: "operation not permitted",
  ENOENT: "no such file or directory",
  EINTR: "interrupted",
  EIO: "input/output error",
  ENXIO: "no such device or address",
  E2BIG: "argument list too long",
  ENOEXEC: "not a program for this machine",
  EBADF: "bad file descriptor",
  EAGAIN: "resource temporarily unavailable",
  ENOMEM: "out of memory",
  EACCES: "permission denied",
  EBUSY: "device or resource busy",
  EEXIST: "file exists",
  EXDEV: "crosses file systems",
  ENOTDIR: "not a folder",
  EISDIR: "it is a folder",
  EINVAL: "invalid argument",
  ENFILE: "too many open files in the system",
  EMFILE: "too many open files",
  ENOTTY: "not supported by this kind of file",
  ETXTBSY: "text file busy",
  EFBIG: "file too large",
  ENOSPC: "no space left on device",
  ESPIPE: "cannot seek",
  EROFS: "read-only file system",
  EMLINK: "too many links",
  EPIPE: "broken pipe",
  ERANGE: "result too large",
  ENAMETOOLONG: "name too long",
  ENOSYS: "not implemented by this kernel",
  ENOTEMPTY: "folder not empty",
  ELOOP: "too many symbolic links",
  ENODATA: "no data",
  EBADMSG: "wrong checksum",
  EOVERFLOW: "value too large",
  EILSEQ: "wrong sequence of bytes",
  EOPNOTSUPP: "not supported",
  ESTALE: "stale file handle",
  EUCLEAN: "the file system is damaged",
  EREMOTEIO: "remote input/output error",
  EDQUOT: "disk quota exceeded",
};

const NAMES = new Map(Object.entries(ERRNO).map(([name, errno]) => [errno, name as ErrorName]));

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
    const name = NAMES.get(errno as typeof ERRNO[ErrorName]);
    const code = name ?? `E${errno}`;
    const meaning = name === undefined ? `error ${errno}` : MEANINGS[name];
    super(`${call}${path === undefined ? "" : ` ${path}`}: ${meaning} (${code})`);
    this.name = "SystemError";
    this.code = code;
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
  if (typeof code === "string" && Object.hasOwn(MEANINGS, code)) return MEANINGS[code as ErrorName];
  return error instanceof Error ? error.message : String(error);
}
