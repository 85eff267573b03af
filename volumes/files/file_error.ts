/**
 * Why a file of ours cannot be read, in words.
 * @module
 */

import { unreadable } from "../../host/files/file_status.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";

/** The error of a file that cannot be read. */
export function fileError(path: string, error: unknown): Error {
  const why = hasCode(error, "ENOENT", "ENOTDIR")
    ? "it does not exist. Check the path."
    : hasCode(error, "EISDIR")
    ? "it is a folder. Name a file."
    : undefined;
  if (why === undefined) return unreadable(printable(path), error);
  return new UsageError(`cannot read ${printable(path)}: ${why}`, "no-such-file", { cause: error });
}
