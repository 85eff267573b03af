/**
 * Sizes on the command line that may be zero.
 * @module
 */

import { parseSize } from "../mod.ts";

/** Bytes of e.g. `0`, `4096`, `10M`. @throws UsageError when it is no size. */
export function sizeOrZero(text: string, what: string): number {
  return /^0+$/.test(text) ? 0 : parseSize(text, what);
}
