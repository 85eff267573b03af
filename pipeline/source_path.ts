/**
 * How a source is written: `SOURCE` goes into the image under its own name, `SOURCE/.` means its
 * contents, as for `cp -r`.
 * @module
 */

import { resolve } from "node:path";
import { givenPath } from "./words/given_path.ts";

/**
 * Whether a path means a folder's contents: `.`, `./`, `photos/.`, and, as `cp -r` takes them,
 * `..` and `photos/..`.
 */
export function isContents(source: string): boolean {
  return /(^|\/)\.{1,2}\/*$/.test(source);
}

/**
 * The absolute path of a source; one that means contents ends in `/.`.
 *
 * @throws UsageError `empty-path`
 */
export function absoluteSource(source: string): string {
  const path = resolve(givenPath(source, "a source"));
  return isContents(source) ? contentsOf(path) : path;
}

/** The path that means the contents of the folder `path`. */
export function contentsOf(path: string): string {
  return `${path === "/" ? "" : path}/.`;
}

/** The folder that a source is, without slashes at its end; empty for the root folder. */
export function folderOf(source: string): string {
  return source.replace(/(\/\.?)+$/, "");
}
