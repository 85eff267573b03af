/**
 * Whether a file is still what it was when it was scanned.
 * @module
 */

import { S_IFMT, S_IFREG, type TreeInode } from "../ext4/tree.ts";
import { SystemError } from "../host/libc/errno.ts";
import type { Descriptor } from "../host/libc/files.ts";
import { StatusBuffer, statusOfOpen } from "../host/libc/status.ts";
import type { ExpectedFile, FileChange, ScannedSource } from "../pipeline/scanned_source.ts";

/** No time has such nanoseconds. */
export const UNKNOWN = -1;

const status = new StatusBuffer();

/** What a scan saw of one of its files. */
export function expectedFile(
  { tree, ctime }: Pick<ScannedSource, "tree" | "ctime">,
  row: TreeInode,
): ExpectedFile {
  const { sizeBytes, mtime } = tree;
  return {
    sizeBytes: sizeBytes[row]!,
    seconds: mtime.seconds[row]!,
    nanoseconds: mtime.nanoseconds[row]!,
    ctimeSeconds: ctime?.seconds[row] ?? 0,
    ctimeNanoseconds: ctime?.nanoseconds[row] ?? UNKNOWN,
  };
}

/** Looks at an open file once more. @returns `undefined` when it is what it was. */
export function howChanged(fd: Descriptor, expected: ExpectedFile): FileChange | undefined {
  try {
    statusOfOpen(fd, status);
  } catch (error) {
    if (error instanceof SystemError) return "unknown";
    throw error;
  }
  return changeIn(status, expected);
}

/** The same of a file that was looked at. */
export function changeIn(status: StatusBuffer, expected: ExpectedFile): FileChange | undefined {
  if ((status.mode & S_IFMT) !== S_IFREG) return "not-regular";
  if (status.sizeBytes > expected.sizeBytes) return "longer";
  const isSame = status.hasMtime(expected.seconds, expected.nanoseconds);
  if (status.sizeBytes < expected.sizeBytes || !isSame) return "written";
  const { ctimeSeconds, ctimeNanoseconds } = expected;
  if (ctimeNanoseconds === UNKNOWN) return undefined;
  return status.hasCtime(ctimeSeconds, ctimeNanoseconds) ? undefined : "touched";
}

/** What to say of a change. */
export function describeChange(change: FileChange, plannedBytes: number): string {
  switch (change) {
    case "not-regular":
      return "it is not a regular file any more; the image may hold anything for it";
    case "longer":
      return `it became longer: the image holds its first ${plannedBytes} bytes`;
    case "written":
      return "it was written to: the image may hold parts of old and new content";
    case "touched":
      return "it changed, though its size and modification time are those of before; " +
        "the image may hold parts of old and new content, and old metadata";
    case "unknown":
      return "it cannot be determined whether it changed";
  }
}
