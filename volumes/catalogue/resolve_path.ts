/**
 * A path in a catalogue, whose symbolic links are followed across volumes.
 * @module
 */

import { joinPath, splitPath } from "../../ext4/reader/path.ts";
import { PathError } from "../../ext4/reader/path_error.ts";
import { printable } from "../../host/libc/paths.ts";
import type { Catalogue } from "./catalogue.ts";
import type { CataloguedFile } from "./entries.ts";
import type { Catalogued } from "./find_entries.ts";

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/** Reads the target of a symbolic link, from its volume. */
export type ReadLink = (link: CataloguedFile) => Promise<Uint8Array>;

/**
 * What a path leads to. Links on the way are followed, one at its end only if that is wanted.
 * @throws PathError `no-such-path`, `not-a-folder`, `too-many-symlinks`, `bad-path`
 */
export async function resolvePath(
  catalogue: Catalogue,
  path: string | Uint8Array,
  follows: boolean,
  readLink: ReadLink,
): Promise<Catalogued> {
  let parts = splitPath(path);
  for (let countLinks = 0; countLinks <= MOST_LINKS; countLinks++) {
    const step = walk(catalogue, parts, path, follows);
    if (step.link === undefined) return step.found;
    const target = await readLink(step.link);
    const before = target[0] === SLASH ? [] : step.before;
    parts = [...before, ...splitPath(target), ...step.after];
  }
  const shown = printable(path);
  throw new PathError(
    "too-many-symlinks",
    shown,
    `cannot follow ${shown}: it has too many symbolic links. They may lead in a circle.`,
  );
}

type Step =
  | { readonly link: undefined; readonly found: Catalogued }
  | {
    readonly link: CataloguedFile;
    readonly before: readonly Uint8Array[];
    readonly after: readonly Uint8Array[];
  };

/** Goes along the path as far as there is no link to be followed. */
function walk(
  catalogue: Catalogue,
  names: readonly Uint8Array[],
  typed: string | Uint8Array,
  follows: boolean,
): Step {
  const parts = withoutParents(names);
  const path = parts.reduce(joinPath, new Uint8Array());
  // Most paths lead to a file or folder without further ado.
  const [file] = catalogue.files(path);
  const found = file ?? catalogue.folder(path);
  if (found !== undefined && !(follows && file?.kind === "symlink")) {
    return { link: undefined, found };
  }
  for (let count = 1; count <= parts.length; count++) {
    const [before, after] = [parts.slice(0, count - 1), parts.slice(count)];
    const above = parts.slice(0, count).reduce(joinPath, new Uint8Array());
    if (catalogue.folder(above) !== undefined) continue;
    const [link] = catalogue.files(above);
    if (link === undefined) break;
    if (link.kind === "symlink") return { link, before, after };
    const shown = printable(above);
    const why = `cannot look up ${printable(typed)}: ${shown} is not a folder. Shorten the path.`;
    throw new PathError("not-a-folder", shown, why);
  }
  const shown = printable(typed);
  throw new PathError(
    "no-such-path",
    shown,
    `cannot find ${shown}: the catalogue has no such path. Look for it by its name.`,
  );
}

/** Without `..`, which takes the name before it away: a link before it is not followed first. */
function withoutParents(names: readonly Uint8Array[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const name of names) {
    if (name.length === 2 && name[0] === DOT && name[1] === DOT) parts.pop();
    else parts.push(name);
  }
  return parts;
}

const SLASH = 0x2f;
const DOT = 0x2e;
