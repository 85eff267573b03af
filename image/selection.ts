/**
 * Which paths of an image are wanted: each with all that is below it.
 * @module
 */

import { compareBytes } from "../ext4/compare_bytes.ts";
import { type ImagePath, isParent, pathText, splitPath } from "../ext4/reader/path.ts";
import { PathError } from "../ext4/reader/path_error.ts";

/** A folder on the way to what is wanted, or what is wanted itself. */
export interface Selection {
  /** Wanted with all that is below it; what was selected below it adds nothing. */
  isWhole: boolean;
  /** By name, as latin1 text so that any bytes are a key. */
  readonly children: Map<string, { readonly name: Uint8Array; readonly selection: Selection }>;
}

/**
 * Puts paths together.
 *
 * @param paths From the root of the image; none means everything.
 * @throws PathError `bad-path` for one with `..` in it.
 */
export function selectionOf(paths: readonly ImagePath[]): Selection {
  const root: Selection = { isWhole: paths.length === 0, children: new Map() };
  for (const path of paths) {
    let at = root;
    for (const name of splitPath(path)) {
      if (isParent(name)) throw parentInPath(path);
      const key = Array.from(name, (byte) => String.fromCharCode(byte)).join("");
      let child = at.children.get(key);
      if (child === undefined) {
        child = { name, selection: { isWhole: false, children: new Map() } };
        at.children.set(key, child);
      }
      at = child.selection;
    }
    at.isWhole = true;
  }
  return root;
}

/** The names selected in a folder, ordered by their bytes. */
export function selectedNames(
  { children }: Selection,
): { readonly name: Uint8Array; readonly selection: Selection }[] {
  return [...children.values()].sort((a, b) => compareBytes(a.name, b.name));
}

function parentInPath(path: ImagePath): PathError {
  const shown = pathText(path);
  return new PathError(
    "bad-path",
    shown,
    `cannot look up ${shown}: it has .. in it. Give the path from the root of the image.`,
  );
}
