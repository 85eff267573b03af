/**
 * The scanned source, for steps that cannot do without.
 * @module
 */

import { UsageError } from "../pipeline/build_errors.ts";
import type { PreviewContext, ScannedSource } from "../pipeline/step.ts";

/** The source that `scan` found. @throws UsageError when `scan` has not run. */
export function neededSource({ source }: PreviewContext): ScannedSource {
  if (source !== undefined) return source;
  throw new UsageError(
    "cannot run this step: the source has not been scanned. Put the step scan before it.",
    "not-scanned",
  );
}
