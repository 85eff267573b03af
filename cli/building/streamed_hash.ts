/**
 * An image that goes to stdout is hashed while it is written, or not at all.
 * @module
 */

import { UsageError } from "../../pipeline/build_errors.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";

/** @throws UsageError when `hash` would want another digest than the one that `pack` makes. */
export function checkStreamedHash({ placed }: Pipeline, output: string | undefined): void {
  if (output !== "-") return;
  const [made, wanted] = ["pack", "hash"].map((name) => {
    const found = placed.find(({ step }) => step.name === name);
    return found?.given["algorithm"] ?? found?.step.options?.["algorithm"]?.default;
  });
  if (made === undefined || wanted === undefined || made === wanted) return;
  throw new UsageError(
    `cannot make a ${wanted} of an image that goes to stdout: pack.algorithm is ${made}, and the ` +
      `image is hashed while it is written. Use --hash ${wanted}, which counts for both steps.`,
    "stream-is-gone",
  );
}
