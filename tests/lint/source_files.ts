/**
 * Which files are source: every `.ts` file that is not installed, built or hidden.
 * @module
 */

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const notSource = new Set(["node_modules", "dist"]);

/** The repository's own root. */
export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url))
  .replace(/\/$/, "");

/** The paths of all source files below `root`, relative to it, in order. */
export function sourceFiles(root: string): string[] {
  return [...walk(root, "")].sort();
}

function* walk(root: string, folder: string): Generator<string> {
  for (
    const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })
  ) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (
      entry.isDirectory() && !notSource.has(entry.name) &&
      !entry.name.startsWith(".")
    ) {
      yield* walk(root, path);
    } else if (entry.isFile() && entry.name.endsWith(".ts")) {
      yield path;
    }
  }
}
