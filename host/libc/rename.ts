/**
 * Renaming that replaces nothing.
 * @module
 */

import { check, renameat2 } from "./calls.ts";
import { cString, printable } from "./paths.ts";

const RENAME_NOREPLACE = 1;

/**
 * Renames a file, where nothing has the new name.
 *
 * @throws SystemError `EEXIST` where something has it; `EINVAL` or `ENOSYS` where the file system
 * or the kernel cannot.
 */
export function renameNoReplace(from: string, to: string): void {
  const [old, path] = [cString(from), cString(to)];
  check("rename", () => renameat2(old, path, RENAME_NOREPLACE), () => printable(to));
}
