/**
 * Looks where to cut a tree whose names were collected.
 * @module
 */

import type { Breather } from "../../host/breathe.ts";
import { type Cuts, Cutter } from "./cutter.ts";
import { NAME_TYPES } from "./names_file.ts";
import { comparePaths, type PathNames, PathStack, textOfNames } from "./path_stack.ts";
import type { TreeNames } from "./tree_names.ts";

/** Looks where to cut. @param forced Where an earlier plan has cut, in order */
export async function findCuts(
  names: TreeNames,
  targetBytes: number,
  forced: readonly PathNames[],
  breather: Breather,
): Promise<Cuts> {
  const cutter = new Cutter(targetBytes);
  const stack = new PathStack();
  let countPassed = 0;
  for (const { ordinal, position, found, cost } of names.all()) {
    if (breather.due) await breather.pause();
    if (countPassed < forced.length) {
      stack.enter(found);
      const path = stack.names();
      const before = countPassed;
      while (countPassed < forced.length && comparePaths(forced[countPassed]!, path) <= 0) {
        countPassed++;
      }
      // Of several between two names, the volumes before the last have become empty.
      if (countPassed > before) {
        cutter.mustCut({ ordinal, position, path: textOfNames(forced[countPassed - 1]!) });
      }
    }
    cutter.add(ordinal, position, found.depth, cost, found.type === NAME_TYPES.folder);
  }
  return cutter.end();
}
