/**
 * Which names are left out: globs as `--exclude` and the lines of a file give them.
 *
 * A pattern without a slash matches a name at any depth; one with a slash matches the path within
 * its source; a slash at the end matches folders only. What a glob is: see `glob.ts`.
 * @module
 */

import { UsageError } from "../pipeline/build_errors.ts";
import { compileGlob } from "./glob.ts";

/** What is left out. */
export interface Excludes {
  /** Whether a path within a source is left out. */
  matches(path: Uint8Array, name: Uint8Array, isFolder: boolean): boolean;
  /** The patterns that have matched nothing yet, as they were given. */
  readonly unmatched: readonly string[];
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

/** What is not UTF-8 is matched byte by byte, as the character set it may come from. */
export function textOf(bytes: Uint8Array): string {
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
export function compileExcludes(patterns: readonly string[]): Excludes | undefined {
  if (patterns.length === 0) return undefined;
  const rules = patterns.map((pattern) => {
    const foldersOnly = pattern.endsWith("/");
    const bare = pattern.replace(/\/+$/, "").replace(/^\.?\//, "");
    const anchored = bare.includes("/") || pattern.startsWith("/");
    checkPattern(pattern, bare);
    return { pattern, foldersOnly, anchored, matches: compileGlob(bare), hasMatched: false };
  });
  const needsPath = rules.some(({ anchored }) => anchored);
  return {
    matches(pathBytes, nameBytes, isFolder) {
      const name = textOf(nameBytes);
      const path = needsPath ? textOf(pathBytes) : name;
      let isExcluded = false;
      for (const rule of rules) {
        // One that another makes needless has matched all the same.
        if ((isExcluded && rule.hasMatched) || (rule.foldersOnly && !isFolder)) continue;
        if (!rule.matches(rule.anchored ? path : name)) continue;
        rule.hasMatched = true;
        isExcluded = true;
      }
      return isExcluded;
    },
    get unmatched() {
      return rules.filter(({ hasMatched }) => !hasMatched).map(({ pattern }) => pattern);
    },
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
