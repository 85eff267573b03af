/**
 * Spares the parser its guesses at what was meant: it makes them for each option that a word is not,
 * which are nearly all, and `mistyped/` makes its own.
 * @module
 */

import type { Parser } from "@optique/core/parser";

/** The same parser, which knows of no names that a word may be like. */
export function unguessed<Value, State>(
  parser: Parser<"sync", Value, State>,
): Parser<"sync", Value, State> {
  const own = Object.getOwnPropertyDescriptors(parser);
  const parse: typeof parser.parse = (context) => {
    const result = parser.parse({ ...context, usage: [] });
    return result.success ? { ...result, next: { ...result.next, usage: context.usage } } : result;
  };
  return Object.create(Object.prototype, { ...own, parse: { value: parse, enumerable: true } });
}
