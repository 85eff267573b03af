/**
 * Globs: how names and paths are chosen by `--exclude` and `find`.
 *
 * `*` and `?` stand within a name, `**` as a whole name for any number of folders; `[…]`, `[!…]` and
 * `{a,b}` are alternatives, a backslash takes the next character as it is. A name that begins with
 * a dot is one like any other. Whatever the pattern, the time is bounded: names come from whoever
 * may write below the source.
 * @module
 */

import { Minimatch } from "minimatch";
import { messageOf, UsageError } from "../pipeline/build_errors.ts";

const OPTIONS = {
  dot: true,
  nonegate: true,
  nocomment: true,
  // Parentheses are common in names.
  noext: true,
  optimizationLevel: 0,
  platform: "linux",
} as const;

/**
 * Compiles a glob.
 *
 * @param options Whether capital and small letters are equal; by default they are not.
 * @returns Whether a name, or a path without a slash at its beginning, is meant. The empty path is
 * meant by the empty glob alone.
 * @throws UsageError `bad-pattern` for one that is too long.
 */
export function compileGlob(
  glob: string,
  options: { readonly ignoresCase?: boolean } = {},
): (path: string) => boolean {
  if (glob === "") return (path) => path === "";
  const compiled = compiledOf(glob, options.ignoresCase === true);
  return (path) => path !== "" && compiled.match(path);
}

function compiledOf(glob: string, nocase: boolean): Minimatch {
  try {
    return new Minimatch(glob, { ...OPTIONS, nocase });
  } catch (error) {
    throw new UsageError(
      `cannot use the pattern ${JSON.stringify(glob.slice(0, 40))}…: ${messageOf(error)}. ` +
        "Write several shorter ones.",
      "bad-pattern",
      { cause: error },
    );
  }
}
