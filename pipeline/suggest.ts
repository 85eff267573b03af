/**
 * "Did you mean": the nearest known word to a mistyped one.
 * @module
 */

import { closest, distance } from "fastest-levenshtein";

/** A sentence that offers the nearest candidate, or `undefined` when none is near. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(word, [...candidates]);
  const near = distance(word, best) <= Math.max(1, Math.floor(Math.max(word.length, 3) / 2.5));
  return near ? `Did you mean ${best}?` : undefined;
}
