/**
 * Finds folders that import each other in a circle, though no two of their files do.
 *
 * An import from `a/b/c.ts` to `a/d/e.ts` makes `a/b` stand on `a/d`: the two folders in which the
 * paths part. A file beside a folder may use what is in it, and the reverse.
 * @module
 */

import { importCycles } from "./import_cycles.ts";
import type { Import } from "./import_graph.ts";

/** An import as an arrow between folders, with the statement that draws it. */
interface FolderImport extends Import {
  readonly statement: Import;
}

/** One circle for each group of folders that reach each other, as import statements in order. */
export function folderCycles(imports: readonly Import[]): Import[][] {
  const arrows = imports.flatMap(betweenFolders);
  return importCycles(arrows).map((cycle) =>
    cycle.map((arrow) => (arrow as FolderImport).statement)
  );
}

/** The folders of a circle, in the order of its statements. */
export function foldersOf(cycle: readonly Import[]): string[] {
  return cycle.flatMap(betweenFolders).map((arrow) => arrow.from);
}

function betweenFolders(statement: Import): FolderImport[] {
  const from = statement.from.split("/").slice(0, -1);
  const to = statement.to.split("/").slice(0, -1);
  let shared = 0;
  while (
    shared < from.length && shared < to.length && from[shared] === to[shared]
  ) shared++;
  if (shared === from.length || shared === to.length) return [];
  const folder = (path: readonly string[]) =>
    path.slice(0, shared + 1).join("/");
  return [{ ...statement, from: folder(from), to: folder(to), statement }];
}
