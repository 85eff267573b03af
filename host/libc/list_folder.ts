/**
 * Lists a folder through `getdents64`.
 * @module
 */

import { check, libc, SYSCALL } from "./calls.ts";
import { ERRNO, SystemError } from "./errno.ts";
import type { Descriptor } from "./files.ts";

/** 64 KiB of records at a time: enough for about 2,000 names. */
const LISTING_BYTES = 65_536;
const NO_BUFFER = new Uint8Array(8);

/** Lists folders, one after the other, through one buffer. */
export class FolderLister {
  readonly #buffer = new Uint8Array(LISTING_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);

  /**
   * Calls back for each name but `.` and `..` of as many as one call of the kernel gives, in the
   * file system's own order. A folder may have no end: the caller goes on as long as it likes.
   *
   * @param folder An open folder; its position moves on.
   * @param visit Gets bytes, and where in them the name begins and ends, its final NUL included;
   *   they are valid during the call only.
   * @returns false when all have been listed.
   * @throws SystemError when the folder cannot be read.
   */
  listSome(
    folder: Descriptor,
    visit: (bytes: Uint8Array, start: number, end: number) => void,
  ): boolean {
    const buffer = this.#buffer;
    // The third parameter of getdents64 is a length, which the signature passes as an integer.
    const filled = check(
      "getdents64",
      () => libc.syscall(SYSCALL.getdents64, folder, buffer, LISTING_BYTES, 0, NO_BUFFER),
    );
    for (let offset = 0; offset < filled;) {
      const start = offset + D_NAME;
      const end = buffer.indexOf(0, start) + 1;
      const length = this.#view.getUint16(offset + D_RECLEN, true);
      if (end <= start || length <= D_NAME) throw new SystemError("getdents64", ERRNO.EIO);
      if (!isDotOrDotDot(buffer, start, end - 1)) visit(buffer, start, end);
      offset += length;
    }
    return filled > 0;
  }
}

// Of struct linux_dirent64.
const D_RECLEN = 16;
const D_NAME = 19;

function isDotOrDotDot(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x2e) return false;
  return end - start === 1 || (end - start === 2 && bytes[start + 1] === 0x2e);
}
