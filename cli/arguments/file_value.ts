/**
 * Values that name a file or a folder, so that a shell completes them.
 * @module
 */

import type { NonEmptyString } from "@optique/core/nonempty";
import type { Suggestion } from "@optique/core/parser";
import { string, type ValueParser } from "@optique/core/valueparser";

/**
 * A text that may be a path. Nothing is looked for: it may be a URL, or not be there yet.
 *
 * @param type What a shell offers.
 * @param words What it offers besides, e.g. the names of the recipes.
 */
export function fileValue(
  metavar: NonEmptyString,
  type: "any" | "directory" = "any",
  words: readonly string[] = [],
): ValueParser<"sync", string> {
  return {
    ...string({ metavar }),
    *suggest(prefix: string): Iterable<Suggestion> {
      yield* literals(words, prefix);
      const includeHidden = /(^|\/)\.[^/]*$/.test(prefix);
      // Without a pattern: of a prefix that is a folder, a shell would offer what is in it alone, and
      // not the image beside it.
      yield { kind: "file", type, includeHidden };
    },
  };
}

/** A text for which a shell offers words, where others are allowed as well. */
export function wordValue(
  metavar: NonEmptyString,
  words: readonly string[],
): ValueParser<"sync", string> {
  return {
    ...string({ metavar }),
    suggest: (prefix: string) => literals(words, prefix),
  };
}

function literals(words: readonly string[], prefix: string): Suggestion[] {
  return words.filter((word) => word.startsWith(prefix)).map((text) => ({ kind: "literal", text }));
}
