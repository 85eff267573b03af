/**
 * Which names are left out: globs as `--exclude` and the lines of `--exclude-from` give them.
 *
 * A pattern without a slash matches a name at any depth; one with a slash matches the path within
 * its source; a slash at the end matches folders only. `*`, `**`, `?`, `[…]` and `{a,b}` work.
 * @module
 */

import { readFileSync } from "node:fs";
import picomatch from "picomatch";
import { printable } from "../../host/libc/paths.ts";
import { messageOf, UsageError } from "../../pipeline/errors.ts";

/** Whether a path within a source is left out. */
export type Excluded = (path: Uint8Array, name: Uint8Array, isFolder: boolean) => boolean;

// Bytes and characters are the same in Latin-1, so that any name can be matched; the pattern is
// turned into the same form.
const decoder = new TextDecoder("latin1");
const encoder = new TextEncoder();
const asLatin1 = (text: string) => decoder.decode(encoder.encode(text));

/** Compiles patterns. @returns `undefined` when there are none, which spares the work. */
export function compileExcludes(patterns: readonly string[]): Excluded | undefined {
  if (patterns.length === 0) return undefined;
  const rules = patterns.map((pattern) => {
    const foldersOnly = pattern.endsWith("/");
    const bare = pattern.replace(/\/+$/, "").replace(/^\.?\//, "");
    const anchored = bare.includes("/") || pattern.startsWith("/");
    const matches = picomatch(asLatin1(bare), { dot: true });
    return { foldersOnly, anchored, matches };
  });
  const needsPath = rules.some(({ anchored }) => anchored);
  return (pathBytes, nameBytes, isFolder) => {
    const name = decoder.decode(nameBytes);
    const path = needsPath ? decoder.decode(pathBytes) : name;
    return rules.some(({ foldersOnly, anchored, matches }) =>
      (isFolder || !foldersOnly) && matches(anchored ? path : name)
    );
  };
}

/** The patterns of a file: one a line, blank lines and lines that begin with `#` ignored. */
export function readExcludeFile(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `cannot read the patterns in ${printable(path)}: ${messageOf(error)}. Check --exclude-from.`,
      "exclude-from",
      { cause: error },
    );
  }
  return text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
}
