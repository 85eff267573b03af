/**
 * Whether the folders above a cut are still there, where an earlier plan has cut.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { PathNames } from "./path_stack.ts";

/**
 * How many of the folders above a path are there; all names of a folder come one after the other.
 *
 * @param before The folders of the last name before the path, with itself where it is one.
 * @param at Those of the first name from the path on.
 * @returns `undefined` for all of them
 */
export function countFoldersAbove(
  path: PathNames,
  before: PathNames,
  at: PathNames,
): number | undefined {
  const count = Math.max(countCommon(path, before), countCommon(path, at));
  return count < path.length - 1 ? count : undefined;
}

function countCommon(one: PathNames, other: PathNames): number {
  let count = 0;
  const most = Math.min(one.length, other.length);
  while (count < most && compareBytes(one[count]!, other[count]!) === 0) count++;
  return count;
}
