/**
 * What kind of file system a file lies on, through `fstatfs`.
 * @module
 */

import { check, libc } from "./calls.ts";
import type { Descriptor } from "./files.ts";

/** The number by which `linux/magic.h` knows the file system of an open file. */
export function typeOfFileSystem(fd: Descriptor): number {
  const statfs = new Uint8Array(256);
  check("fstatfs", () => libc.fstatfs(fd, statfs));
  // `f_type` comes first; its upper half is a sign.
  return new DataView(statfs.buffer).getUint32(0, true);
}
