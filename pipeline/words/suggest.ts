/**
 * "Did you mean": the nearest known word to a mistyped one.
 * @module
 */

import { closest, distance } from "fastest-levenshtein";

/** A sentence that offers the nearest candidate, or `undefined` when none is near. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(word, [...candidates]);
  // Two letters that changed places count as two.
  const most = Math.min(3, Math.max(1, Math.floor(word.length / 2)));
  const near = distance(word, best) <= most;
  return near ? `Did you mean ${best}?` : undefined;
}
