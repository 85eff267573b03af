/**
 * Lists a folder through `getdents64`.
 * @module
 */

import { check, libc, SYSCALL } from "./calls.ts";
import type { Descriptor } from "./files.ts";

/** 64 KiB of records at a time: enough for about 2,000 names. */
const LISTING_BYTES = 65_536;
const NO_BUFFER = new Uint8Array(8);

/**
 * Calls back for each name in a folder but `.` and `..`, in the file system's own order.
 *
 * @param folder An open folder; its position moves to the end.
 * @param visit Gets the name with its final NUL, as a view that is valid during the call only.
 * @throws SystemError when the folder cannot be read.
 */
export function listFolder(folder: Descriptor, visit: (cName: Uint8Array) => void): void {
  const buffer = new Uint8Array(LISTING_BYTES);
  const view = new DataView(buffer.buffer);
  for (;;) {
    // The third parameter of getdents64 is a length, which the signature passes as an integer.
    const filled = check(
      "getdents64",
      () => libc.syscall(SYSCALL.getdents64, folder, buffer, LISTING_BYTES, 0, NO_BUFFER),
    );
    if (filled === 0) return;
    for (let offset = 0; offset < filled;) {
      const recordBytes = view.getUint16(offset + 16, true);
      const start = offset + 19;
      const end = buffer.indexOf(0, start) + 1;
      if (!isDotOrDotDot(buffer, start, end - 1)) visit(buffer.subarray(start, end));
      offset += recordBytes;
    }
  }
}

function isDotOrDotDot(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x2e) return false;
  return end - start === 1 || (end - start === 2 && bytes[start + 1] === 0x2e);
}
