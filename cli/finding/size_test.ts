/**
 * `--size +10M`: which sizes are meant.
 * @module
 */

import { sizeOrZero } from "../size_value.ts";

/** Answers whether a size is meant: `+N` is larger, `-N` is smaller, `N` is exactly so large. */
export function sizeTest(text: string): (sizeBytes: number) => boolean {
  const sign = text[0];
  const wanted = sizeOrZero(sign === "+" || sign === "-" ? text.slice(1) : text, "--size");
  if (sign === "+") return (sizeBytes) => sizeBytes > wanted;
  if (sign === "-") return (sizeBytes) => sizeBytes < wanted;
  return (sizeBytes) => sizeBytes === wanted;
}
