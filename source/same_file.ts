/**
 * Whether what was opened is the file that was scanned: another one, put in its place, may be one
 * that the reader may read, and whoever put it there may not.
 * @module
 */

import { S_IFMT, S_IFREG } from "../ext4/tree.ts";
import type { Descriptor } from "../host/libc/files.ts";
import { type StatusBuffer, statusOfOpen } from "../host/libc/status.ts";
import { SourceError } from "../pipeline/build_errors.ts";
import type { FileIdentity } from "../pipeline/scanned_source.ts";
import { isSameFile } from "./file_identities.ts";

/** Another file has the name of one that was scanned. */
export class ReplacedFileError extends SourceError {
  constructor(path: string) {
    const why = "another file has taken its place since it was scanned";
    super(`cannot read ${path}: ${why}. Build again when the source is at rest.`, "file-replaced");
  }
}

/**
 * Requires an open file to be the one that was scanned.
 *
 * @param status Receives its status.
 * @throws ReplacedFileError; SystemError of its status.
 */
export function requireSameFile(
  file: Descriptor,
  expected: FileIdentity | ((status: StatusBuffer) => boolean),
  status: StatusBuffer,
  pathOf: () => string,
): void {
  statusOfOpen(file, status);
  const isSame = typeof expected === "function" ? expected(status) : isSameFile(expected, status);
  if (!isSame && isRegular(status)) throw new ReplacedFileError(pathOf());
}

/** What is not a regular file is found by reading it. */
export function isRegular({ mode }: StatusBuffer): boolean {
  return (mode & S_IFMT) === S_IFREG;
}
