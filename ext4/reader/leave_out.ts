/**
 * Leaving out what is broken, for those who would rather have the rest than nothing.
 * @module
 */

import { CorruptImageError } from "../errors.ts";

/**
 * Told of something broken, without which the rest is read.
 * @param error what is broken, naming the structure
 * @param path of what is left out, below the folder that is listed; of a folder, it or a part of
 * it; absent where a copy is read instead, or where the image ends too soon
 */
export type OnBroken = (error: CorruptImageError, path: Uint8Array | undefined) => void;

/** Leaves something out where that is wanted; else the error is thrown on. */
export function leaveOut(
  error: unknown,
  onBroken: OnBroken | undefined,
  path: () => Uint8Array | undefined,
): void {
  if (onBroken === undefined || !(error instanceof CorruptImageError)) throw error;
  onBroken(error, path());
}
