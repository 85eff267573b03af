/**
 * From a path to an inode.
 * @module
 */

import { type InodeNumber, ROOT_INODE } from "../../numbers.ts";
import { S_IFDIR, S_IFLNK } from "../../tree.ts";
import { corrupt } from "../corrupt.ts";
import { lookUp } from "../directory/lookup.ts";
import { loadNamed } from "../directory/named_inode.ts";
import { type Inode, isType } from "../inode/inode.ts";
import { loadLinkTarget } from "../metadata/link_target.ts";
import { type ImagePath, isParent, pathText, splitPath } from "../path.ts";
import { PathError } from "../path_error.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";

/** As the kernel: what needs more is taken for a circle. */
export const MAX_SYMLINKS = 40;
const SLASH = 0x2f;

/**
 * The inode a path names.
 * @param followSymlinks whether links are followed, in the middle of the path and at its end
 * @throws PathError when the path leads nowhere
 */
export function* resolve(
  volume: Volume,
  path: ImagePath,
  followSymlinks: boolean,
): Reading<Inode> {
  /** The folders above, so that `..` needs nothing from the image. */
  const above: InodeNumber[] = [];
  let inode = yield* loadRoot(volume);
  const parts = splitPath(path).reverse();
  let countSymlinks = 0;
  let lastTarget: Uint8Array | undefined;
  while (parts.length > 0) {
    const part = parts.pop()!;
    if (!isType(inode, S_IFDIR)) throw notAFolder(path, part, isType(inode, S_IFLNK));
    if (isParent(part)) {
      inode = yield* volume.inodes.load(above.pop() ?? ROOT_INODE);
      continue;
    }
    const folder = inode;
    const entry = yield* lookUp(volume, folder, part);
    if (entry === undefined) throw noSuchPath(path, part, lastTarget);
    inode = yield* loadNamed(volume, folder.number, entry);
    if (!isType(inode, S_IFLNK) || !followSymlinks) {
      above.push(folder.number);
      continue;
    }
    if (++countSymlinks > MAX_SYMLINKS) throw tooManySymlinks(path);
    const target = yield* loadLinkTarget(volume, inode);
    lastTarget = target;
    parts.push(...splitPath(target).reverse());
    const isAbsolute = target[0] === SLASH;
    if (isAbsolute) above.length = 0;
    inode = isAbsolute ? yield* loadRoot(volume) : folder;
  }
  return inode;
}

/** The root folder. @throws CorruptImageError when it is broken, or no folder */
export function* loadRoot(volume: Volume): Reading<Inode> {
  const root = yield* volume.inodes.load(ROOT_INODE);
  if (isType(root, S_IFDIR)) return root;
  throw corrupt("root-inode", "ext4_inode", "the root is not a folder", { inode: ROOT_INODE });
}

/** The error of a path that leads nowhere. @param target Where the last symbolic link on the way leads. */
export function noSuchPath(
  path: ImagePath,
  part: Uint8Array,
  target: Uint8Array | undefined,
): PathError {
  const text = pathText(path);
  const link = target === undefined ? "" : `a symbolic link leads to ${pathText(target)}, and `;
  return new PathError(
    "no-such-path",
    text,
    `cannot find ${text} in the image: ${link}there is no ${pathText(part)}. ` +
      "See what there is with ls.",
  );
}

/** The error of a path that goes on behind what is not a folder. */
export function notAFolder(path: ImagePath, part: Uint8Array, isSymlink: boolean): PathError {
  const text = pathText(path);
  const what = isSymlink ? "a symbolic link" : "not a folder";
  return new PathError(
    "not-a-folder",
    text,
    `cannot find ${text} in the image: what is before ${pathText(part)} is ${what}.`,
  );
}

/** The error of symbolic links that lead in a circle. */
export function tooManySymlinks(path: ImagePath): PathError {
  const text = pathText(path);
  return new PathError(
    "too-many-symlinks",
    text,
    `cannot find ${text} in the image: its symbolic links lead in a circle.`,
  );
}
