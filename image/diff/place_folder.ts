/**
 * Where a folder belongs in an image it is compared with.
 * @module
 */

import { lstatSync } from "node:fs";
import { basename, resolve } from "node:path";
import { hasType, nameOf, S_IFDIR, type Tree, type TreeEntry } from "../../ext4/tree.ts";
import { fileStatus } from "../../host/files/file_status.ts";
import { absoluteSource, contentsOf, isContents } from "../../pipeline/source_path.ts";
import { givenPath } from "../../pipeline/words/given_path.ts";
import { placeSources, type SourcePlacement } from "../../source/placement.ts";

/**
 * Places folders as they were placed when the image was built: under their own name, or, where
 * the image has no such folder at its root, as the root's contents. `FOLDER/.` always means the
 * contents, several folders always their names.
 *
 * @throws SourceError when one is missing or no folder.
 */
export function placeBeside(image: Tree, folders: readonly string[]): SourcePlacement {
  const [folder] = folders;
  if (folder === undefined || folders.length > 1 || isContents(folder)) {
    return placeSources(folders.map(absoluteSource));
  }
  const path = resolve(givenPath(folder, "a folder to compare with"));
  const isUnderItsName = hasFolder(image, 0, basename(path)) && !isTwin(image, path);
  return placeSources([isUnderItsName ? path : contentsOf(path)]);
}

/** `photos` with a folder `photos` in it: the image's is the inner one unless it has one as well. */
function isTwin(image: Tree, path: string): boolean {
  const name = basename(path);
  const inner = fileStatus(`${path}/${name}`, lstatSync);
  if (inner?.isDirectory() !== true) return false;
  return !hasFolder(image, childOf(image, 0, name)!, name);
}

function hasFolder(tree: Tree, folder: number, name: string): boolean {
  const row = childOf(tree, folder, name);
  return row !== undefined && hasType(tree, row, S_IFDIR);
}

function childOf(tree: Tree, folder: number, name: string): number | undefined {
  const decoder = new TextDecoder();
  const first = tree.payload[folder]!;
  for (let entry = first; entry < first + tree.countChildren[folder]!; entry++) {
    if (decoder.decode(nameOf(tree, entry as TreeEntry)) === name) return tree.entryInode[entry]!;
  }
  return undefined;
}
