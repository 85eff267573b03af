/**
 * `--size +10M`: which sizes are meant.
 * @module
 */

import { parseSize } from "../../pipeline/words/size.ts";

/** Answers whether a size is meant: `+N` is larger, `-N` is smaller, `N` is exactly so large. */
export function sizeTest(text: string): (sizeBytes: number) => boolean {
  const sign = text[0];
  const wanted = parseSize(sign === "+" || sign === "-" ? text.slice(1) : text, "--size", 0);
  if (sign === "+") return (sizeBytes) => sizeBytes > wanted;
  if (sign === "-") return (sizeBytes) => sizeBytes < wanted;
  return (sizeBytes) => sizeBytes === wanted;
}
