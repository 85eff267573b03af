/**
 * Where each source goes in the image: under its own name, as `cp -r SOURCE /mnt` puts it, or, for
 * `SOURCE/.`, its contents at the root.
 * @module
 */

import { type BigIntStats, lstatSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import { shownLocation } from "../host/block_source/location.ts";
import { adviceOn } from "../host/files/file_status.ts";
import { refuseOwnFault } from "../host/files/open_files.ts";
import { hasCode, meaningOf } from "../host/libc/errno.ts";
import {
  closeRead,
  CURRENT_FOLDER,
  type Descriptor,
  O_DIRECTORY,
  O_RDONLY,
  openAt,
} from "../host/libc/files.ts";
import { printable } from "../host/libc/paths.ts";
import { SourceError, UsageError } from "../pipeline/build_errors.ts";
import { folderOf, isContents } from "../pipeline/source_path.ts";
import { compileExcludes } from "./exclude.ts";

/** The sources of a build, placed. */
export interface SourcePlacement {
  /** The folder whose contents and metadata are the image's root, when a source says `/.`. */
  readonly root: string | undefined;
  /** Further top-level folders, ordered by the bytes of their names. */
  readonly folders: readonly { readonly name: string; readonly path: string }[];
}

/**
 * Places sources.
 *
 * @throws SourceError when a source is missing, unreadable or no folder; UsageError when two would
 * have the same place.
 */
export function placeSources(sources: readonly string[]): SourcePlacement {
  if (sources.length === 0) {
    throw new UsageError("cannot build an image of nothing: no source is named. Name a folder.");
  }
  let root: string | undefined;
  const folders = new Map<string, string>();
  for (const source of sources) {
    closeRead(openFolder(source));
    if (isContents(source) || folderOf(source) === "") {
      if (root !== undefined) throw clash(root, source, "the root of the image");
      root = source;
      continue;
    }
    const path = folderOf(source);
    const name = basename(path);
    const other = folders.get(name);
    if (other !== undefined) throw clash(other, path, name);
    folders.set(name, path);
  }
  for (const [name, path] of root === undefined ? [] : folders) {
    if (isThere(`${root}/${name}`, root!)) throw clash(`${root}/${name}`, path, name);
  }
  return { root, folders: [...folders].map(([name, path]) => ({ name, path })) };
}

/**
 * Opens the folder that a source is; a symbolic link to it is followed.
 *
 * @throws SourceError when it is missing, unreadable or no folder.
 */
export function openFolder(source: string): Descriptor {
  try {
    if (statSync(source).isDirectory()) {
      return openAt(CURRENT_FOLDER, source, O_RDONLY | O_DIRECTORY);
    }
  } catch (error) {
    const isFile = hasCode(error, "ENOTDIR") && isThere(folderOf(source), source);
    if (!isFile) throw unreadable(source, error);
  }
  throw new SourceError(
    `cannot read ${
      shownLocation(folderOf(source))
    }: it is not a folder. Name the folder it lies in.`,
    "source-not-folder",
  );
}

function isThere(path: string, source: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unreadable(source, error);
  }
}

function unreadable(source: string, error: unknown): SourceError {
  const shown = shownLocation(folderOf(source) || "/");
  if (hasCode(error, "ENOENT", "ENOTDIR")) {
    return new SourceError(
      `cannot read ${shown}: it does not exist. Check the path.`,
      "source-missing",
      { cause: error },
    );
  }
  refuseOwnFault(error, shown);
  return new SourceError(
    `cannot read ${shown}: ${meaningOf(error)}. ${adviceOn(error)}`,
    "source-unreadable",
    { cause: error },
  );
}

function clash(one: string, other: string, place: string): UsageError {
  return new UsageError(
    `cannot store both ${printable(one)} and ${printable(other)}: both would be ${
      printable(place)
    }. Build two images, or rename one folder.`,
    "source-clash",
  );
}

/**
 * Refuses an output that lies within a source: the image would contain itself.
 *
 * @param output Absolute path of the image, or `-`.
 * @param oneFileSystem An output on another file system than the source is outside then.
 * @param exclude Patterns of what is left out; an output in such a folder is outside as well.
 * @throws UsageError `output-in-source`
 */
export function checkOutputOutside(
  sources: readonly string[],
  output: string,
  oneFileSystem: boolean,
  exclude: readonly string[] = [],
): void {
  if (output === "-") return;
  const above = foldersFrom(dirname(output));
  const [fileSystem] = above.values();
  for (const source of sources) {
    const status = statSync(source, { bigint: true });
    if (oneFileSystem && fileSystem !== status.dev) continue;
    if (above.has(keyOf(status)) && !isLeftOut(source, dirname(output), exclude)) {
      const shown = shownLocation(folderOf(source) || "/");
      throw new UsageError(
        `cannot write ${printable(output)}: it lies within the source ${shown} and ` +
          "would contain itself. Choose a place outside, or leave out the folder that it is in.",
        "output-in-source",
      );
    }
  }
}

/** Whether a folder within a source, or one above it, is left out. */
function isLeftOut(source: string, folder: string, exclude: readonly string[]): boolean {
  const excludes = compileExcludes(exclude);
  if (excludes === undefined) return false;
  const root = realpathSync(folderOf(source) || "/");
  const within = relative(root, realpathSync(folder));
  // Bound there by a mount: no name leads from the one to the other.
  if (within === "" || within.startsWith("..")) return false;
  const names = within.split("/");
  const bytes = (text: string) => new TextEncoder().encode(text);
  return names.some((name, i) =>
    excludes.matches(bytes(names.slice(0, i + 1).join("/")), bytes(name), true)
  );
}

/**
 * A folder and all above it up to the root, with their file systems. They are known by their numbers:
 * a path may lead through symbolic links, and need not be UTF-8.
 */
function foldersFrom(folder: string): Map<string, bigint> {
  const found = new Map<string, bigint>();
  try {
    for (let path = folder;; path += "/..") {
      const status = statSync(path, { bigint: true });
      if (found.has(keyOf(status))) return found;
      found.set(keyOf(status), status.dev);
    }
  } catch {
    // A missing folder has its own message when the output is claimed.
    return found;
  }
}

function keyOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
