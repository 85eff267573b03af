/**
 * Globs in paths of an image: a shell expands those of the disk, these are ours.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { joinPath, pathText } from "../../ext4/reader/path.ts";
import { PathError } from "../../ext4/reader/path_error.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { compileGlob } from "../../source/glob.ts";

const MAGIC = /[*?[{]/;
const encoder = new TextEncoder();

/** Whether a path has what only a pattern has; a name may have it as well. */
export function isGlob(path: string): boolean {
  return MAGIC.test(path);
}

/**
 * The paths that a pattern means, ordered by their bytes. As in `build`, `*` takes names that begin
 * with a dot as well, and `**` any number of folders.
 *
 * @throws PathError `no-such-path` where there is none
 */
export async function expandGlob(image: ImageReader, pattern: string): Promise<Uint8Array[]> {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  let found: Place[] = [{ path: new Uint8Array(), stat: await image.stat("/") }];
  for (const [at, part] of parts.entries()) {
    const rest = parts.slice(at);
    if (part === "**") {
      found = await below(image, found, compileGlob(rest.join("/")));
      break;
    }
    found = MAGIC.test(part)
      ? await inFolders(image, found, compileGlob(part))
      : await named(image, found, part);
  }
  if (found.length > 0) return found.map(({ path }) => path).sort(compareBytes);
  throw new PathError(
    "no-such-path",
    pattern,
    `cannot find ${pattern} in the image: no name in it matches. See what there is with ls.`,
  );
}

interface Place {
  readonly path: Uint8Array;
  readonly stat: Stat;
}

async function inFolders(
  image: ImageReader,
  places: readonly Place[],
  matches: (name: string) => boolean,
): Promise<Place[]> {
  const found: Place[] = [];
  for (const { path, stat } of places) {
    if (stat.kind !== "folder") continue;
    for await (const { name, stat: inner } of image.list(stat.inode)) {
      if (matches(pathText(name))) found.push({ path: joinPath(path, name), stat: inner });
    }
  }
  return found;
}

async function named(
  image: ImageReader,
  places: readonly Place[],
  part: string,
): Promise<Place[]> {
  const found: Place[] = [];
  for (const place of places) {
    const path = joinPath(place.path, encoder.encode(part));
    try {
      found.push({ path, stat: await image.stat(path, { followSymlinks: true }) });
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
    }
  }
  return found;
}

/** All below some folders whose paths from there match. */
async function below(
  image: ImageReader,
  places: readonly Place[],
  matches: (path: string) => boolean,
): Promise<Place[]> {
  const found: Place[] = [];
  for (const { path, stat } of places) {
    if (stat.kind !== "folder") continue;
    for await (const folder of image.walkFolders(stat.inode)) {
      for (const { name, stat: inner } of folder.entries) {
        const relative = joinPath(folder.path, name);
        if (matches(pathText(relative))) {
          found.push({ path: joinPath(path, relative), stat: inner });
        }
      }
    }
  }
  return found;
}
