/**
 * Refuses what is not a file, folder or link where one is wanted.
 * @module
 */

import type { InodeNumber } from "../numbers.ts";
import type { Stat } from "./metadata/stat.ts";
import { type ImagePath, pathText } from "./path.ts";
import { PathError } from "./path_error.ts";

/** @throws PathError with the code */
export function requireKind(
  file: ImagePath | InodeNumber,
  stat: Stat,
  kind: Stat["kind"],
  code: "not-a-file" | "not-a-folder" | "not-a-symlink",
): void {
  if (stat.kind === kind) return;
  const text = typeof file === "number" ? `inode ${file}` : pathText(file);
  throw new PathError(code, text, `cannot read ${text} as a ${kind}: it is a ${stat.kind}.`);
}
