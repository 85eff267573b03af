/**
 * Digests: which algorithm makes them, and computing them again when a step changes the image.
 * @module
 */

import type { ReadyStep } from "./running/check.ts";

/**
 * The steps to run: those with `digests` once more behind the last one that changes the image, where
 * that comes after them.
 */
export function withDigestsRenewed(ready: readonly ReadyStep[]): readonly ReadyStep[] {
  const last = ready.findLastIndex(({ step }) => step.changes === true);
  if (last < 0) return ready;
  const stale = ready.slice(0, last).filter(({ step }) => step.digests === true);
  return [...ready.slice(0, last + 1), ...stale, ...ready.slice(last + 1)];
}

/** The algorithm of the step with `digests`, so that one build makes one kind; else `sha512`. */
export function digestAlgorithm(ready: readonly ReadyStep[]): string {
  const algorithm = ready.find(({ step }) => step.digests === true)?.options["algorithm"];
  return typeof algorithm === "string" ? algorithm : "sha512";
}
