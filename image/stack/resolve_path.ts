/**
 * From a path to what a stack has there.
 * @module
 */

import { type ImagePath, isParent, splitPath } from "../../ext4/reader/path.ts";
import {
  MAX_SYMLINKS,
  noSuchPath,
  notAFolder,
  tooManySymlinks,
} from "../../ext4/reader/walk/resolve.ts";
import { findChild, type Found } from "./merged_folder.ts";

const SLASH = 0x2f;

/**
 * Looks a path up, as `resolve` does in one image.
 * @param followSymlinks whether links are followed, in the middle of the path and at its end
 * @param meet hears of all that is met on the way
 * @throws PathError when the path leads nowhere
 */
export async function resolvePath(
  root: Found,
  path: ImagePath,
  followSymlinks: boolean,
  meet: (found: Found) => void,
): Promise<Found> {
  const above: Found[] = [];
  let at = root;
  const parts = splitPath(path).reverse();
  let countSymlinks = 0;
  let lastTarget: Uint8Array | undefined;
  while (parts.length > 0) {
    const part = parts.pop()!;
    if (at.stat.kind !== "folder") throw notAFolder(path, part, at.stat.kind === "symlink");
    if (isParent(part)) {
      at = above.pop() ?? root;
      continue;
    }
    const folder = at;
    const found = await findChild(folder.parts, part);
    if (found === undefined) throw noSuchPath(path, part, lastTarget);
    meet(found);
    at = found;
    if (found.stat.kind !== "symlink" || !followSymlinks) {
      above.push(folder);
      continue;
    }
    if (++countSymlinks > MAX_SYMLINKS) throw tooManySymlinks(path);
    const { layer, stat } = found;
    const target = await layer.files.readLink(stat.inode - layer.offset as typeof stat.inode);
    lastTarget = target;
    parts.push(...splitPath(target).reverse());
    const isAbsolute = target[0] === SLASH;
    if (isAbsolute) above.length = 0;
    at = isAbsolute ? root : folder;
  }
  return at;
}
