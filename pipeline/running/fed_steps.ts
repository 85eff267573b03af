/**
 * Which steps get the image's bytes while it is made, and which of them what others make of it.
 * @module
 */

import type { Step } from "../step.ts";

/**
 * The steps behind a streaming one that can be fed: those with a streaming form, up to the first
 * without, or to one that makes files.
 */
export function fedSteps<T>(behind: readonly T[], stepOf: (each: T) => Step): T[] {
  const fed: T[] = [];
  for (const each of behind) {
    const { stream, passive, leavesFiles } = stepOf(each);
    if (stream === undefined && passive !== true) break;
    if (stream !== undefined) fed.push(each);
    if (leavesFiles === true) break;
  }
  return fed;
}

/** Whether a step that is fed gets what the steps before it made, and not the image itself. */
export function takesPayload({ reads }: Step): boolean {
  return reads !== "image";
}
