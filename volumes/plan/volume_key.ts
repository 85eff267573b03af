/**
 * What identifies a volume over several plans.
 * @module
 */

import { createHash } from "node:crypto";
import type { PlanHeader, PlannedVolume } from "./plan.ts";

/** The volume with its key: where it stands in a plan, and where others begin, is not part of it. */
export function withKey(volume: PlannedVolume, { sources, options }: PlanHeader): PlannedVolume {
  const { name, host, range, only, base, contents } = volume;
  const own = sources.filter((source) => source.host === host);
  const what = { name, host, from: range?.from, only, base, contents, sources: own, options };
  const key = createHash("sha256").update(JSON.stringify(what)).digest("hex");
  return { ...volume, key };
}
