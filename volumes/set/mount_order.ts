/**
 * In which order volumes lie on each other, where they are mounted as one tree.
 *
 * A folder above a cut is repeated in several volumes. The first volume in the order of the tree is
 * built with all that lies in its range, the folder itself among them: it lies on top, so that its
 * metadata shows. Who extracts them one over the other begins at the other end.
 * @module
 */

import { comparePaths, pathNames } from "../cut/path_stack.ts";
import type { PlannedVolume } from "../plan/plan.ts";

/** The volumes, the topmost first; what a layer among them lies on comes right behind it. */
export function mountOrder(volumes: readonly PlannedVolume[]): PlannedVolume[] {
  const from = new Map(volumes.map((volume) => [volume, pathNames(volume.range?.from ?? "")]));
  return volumes.toSorted((a, b) => {
    // Volumes of one large file repeat folders and have none of their own.
    if (a.range === undefined || b.range === undefined) {
      return Number(a.range === undefined) - Number(b.range === undefined) ||
        a.index - b.index;
    }
    if (a.host !== b.host) return a.host < b.host ? -1 : 1;
    return comparePaths(from.get(a)!, from.get(b)!);
  });
}
