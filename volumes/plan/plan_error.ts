/**
 * The errors of plans that cannot be used.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";

/** A file that is not a plan, or not a whole one. */
export function badPlan(path: string, why: string): UsageError {
  return new UsageError(
    `cannot use ${printable(path)} as a plan: ${why}. Copy it anew, or make the plan anew.`,
    "bad-plan",
  );
}
