/**
 * Leaving something out, for those who would rather have the rest than nothing.
 * @module
 */

import { CorruptImageError, UnsupportedFeatureError } from "../image_errors.ts";

/**
 * Receives something broken, without which the rest is read.
 * @param error what is broken, naming the structure
 * @param path of what is left out, below the folder that is listed; of a folder, it or a part of
 * it; absent where a copy is read instead, or where the image ends too soon
 */
export type OnBroken = (error: CorruptImageError, path: Uint8Array | undefined) => void;

/**
 * Receives something sound that cannot be read, such as what is encrypted.
 * @param path below the folder that is listed
 */
export type OnUnsupported = (error: UnsupportedFeatureError, path: Uint8Array | undefined) => void;

/** Who receives what is left out. Without a listener, the first of its kind is an error. */
export interface LeavingOut {
  /** Receives what is broken. */
  readonly onBroken?: OnBroken | undefined;
  /** Receives what is sound, but encrypted or of an unknown kind. */
  readonly onUnsupported?: OnUnsupported | undefined;
}

/** Leaves something out where that is wanted; else the error is thrown on. */
export function leaveOut(
  error: unknown,
  { onBroken, onUnsupported }: LeavingOut,
  path: () => Uint8Array | undefined,
): void {
  if (error instanceof CorruptImageError && onBroken !== undefined) onBroken(error, path());
  else if (error instanceof UnsupportedFeatureError && onUnsupported !== undefined) {
    onUnsupported(error, path());
  } else throw error;
}
