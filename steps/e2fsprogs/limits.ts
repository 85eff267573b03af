/**
 * What e2fsprogs cannot do, found before it does something else instead.
 * @module
 */

import {
  nameOf,
  S_IFDIR,
  type Tree,
  type TreeEntry,
  type TreeInode,
  typeOf,
} from "../../ext4/tree.ts";
import { SourceError, UsageError } from "../../pipeline/build_errors.ts";

/** Refuses an output that the kernel cannot mount. @throws UsageError */
export function checkOutput(output: string): void {
  if (output !== "-") return;
  throw new UsageError(
    "cannot write the image to stdout: the kernel mounts it while it is made. " +
      "Name a file, or use the recipe native.",
    "no-stream",
  );
}

/**
 * Refuses a tree of which `e2fsck` would remove a part: at the root, it takes the name `lost+found`
 * for a folder of its own.
 *
 * @throws SourceError
 */
export function checkTree(tree: Tree): void {
  const first = tree.payload[0]!;
  for (let entry = first; entry < first + tree.countChildren[0]!; entry++) {
    if (typeOf(tree, tree.entryInode[entry]! as TreeInode) === S_IFDIR) continue;
    if (new TextDecoder().decode(nameOf(tree, entry as TreeEntry)) !== "lost+found") continue;
    throw new SourceError(
      "cannot store lost+found at the root of the image: it is not a folder, and e2fsck would " +
        "remove it. Rename it, exclude /lost+found, store the folder under " +
        "its own name (without /.), or use the recipe native.",
      "lost-and-found",
    );
  }
}
