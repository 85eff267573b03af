/**
 * Which names are left out: globs as `--exclude` and the lines of `--exclude-from` give them.
 *
 * A pattern without a slash matches a name at any depth; one with a slash matches the path within
 * its source; a slash at the end matches folders only. What a glob is, `glob.ts` tells.
 * @module
 */

import { readFileSync } from "node:fs";
import { meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/errors.ts";
import { compileGlob } from "./glob.ts";

/** Whether a path within a source is left out. */
export type Excluded = (path: Uint8Array, name: Uint8Array, isFolder: boolean) => boolean;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

/** A name that is not UTF-8 is matched byte by byte, as the character set it may come from. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}

/**
 * Compiles patterns.
 *
 * @returns `undefined` when there are none, which spares the work.
 * @throws UsageError for one that is empty, too long, or begins with `!`.
 */
export function compileExcludes(patterns: readonly string[]): Excluded | undefined {
  if (patterns.length === 0) return undefined;
  const rules = patterns.map((pattern) => {
    const foldersOnly = pattern.endsWith("/");
    const bare = pattern.replace(/\/+$/, "").replace(/^\.?\//, "");
    const anchored = bare.includes("/") || pattern.startsWith("/");
    checkPattern(pattern, bare);
    return { foldersOnly, anchored, matches: compileGlob(bare) };
  });
  const needsPath = rules.some(({ anchored }) => anchored);
  return (pathBytes, nameBytes, isFolder) => {
    const name = textOf(nameBytes);
    const path = needsPath ? textOf(pathBytes) : name;
    return rules.some(({ foldersOnly, anchored, matches }) =>
      (isFolder || !foldersOnly) && matches(anchored ? path : name)
    );
  };
}

function checkPattern(pattern: string, bare: string): void {
  const why = bare === ""
    ? "it is empty"
    : bare.startsWith("!")
    ? "an exclamation mark at its beginning would leave out everything else"
    : undefined;
  if (why === undefined) return;
  throw new UsageError(
    `cannot exclude ${JSON.stringify(pattern)}: ${why}. ` +
      "Name what is to be left out; a name that begins with ! is written \\!.",
    "bad-pattern",
  );
}

/** The patterns of a file: one a line, blank lines and lines that begin with `#` ignored. */
export function readExcludeFile(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `cannot read the patterns in ${printable(path)}: ${
        meaningOf(error)
      }. Correct the path, or allow it to be read.`,
      "exclude-from",
      { cause: error },
    );
  }
  return text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
}
