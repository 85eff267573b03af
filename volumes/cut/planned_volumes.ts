/**
 * The lines of the volumes of a plan, of the parts that a tree was cut into.
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import type { PlanHeader, PlannedVolume } from "../plan/plan.ts";
import { volumeName } from "../plan/plan_paths.ts";
import { withKey } from "../plan/volume_key.ts";
import type { Part } from "./measure_parts.ts";
import type { Moved } from "./moved_names.ts";

/** The volumes, and what was moved between them. */
export interface PlannedVolumes {
  readonly volumes: readonly PlannedVolume[];
  readonly countMoved: number;
  /** Which volumes names were moved to, or from. */
  readonly withMoved: ReadonlySet<number>;
}

/** The volumes of parts, built anew each. */
export async function plannedVolumes(
  parts: readonly Part[],
  header: PlanHeader,
  host: string,
  moved: AsyncIterable<Moved>,
): Promise<PlannedVolumes> {
  const hashes = new Map<number, Hash>();
  const hashOf = (index: number): Hash => {
    const known = hashes.get(index) ?? createHash("sha256");
    hashes.set(index, known);
    return known;
  };
  let countMoved = 0;
  for await (const { from, to, folder, names, stamps } of moved) {
    countMoved += names.length;
    // Which volume it is that they came from, or go to, may change without changing this one.
    hashOf(from).update(JSON.stringify(["from", folder, names]));
    hashOf(to).update(JSON.stringify(["to", folder, names, stamps]));
  }
  const volumes = parts.map((part, index): PlannedVolume => {
    const { range, only, countAbove, sizeBytes, countNames, countFiles, names, namesDigest } = part;
    return withKey({
      type: "volume",
      index,
      name: volumeName(header.name, header.generation, index),
      host,
      ...(range === undefined ? {} : { range }),
      ...(only === undefined ? {} : { only }),
      ...(countAbove === undefined ? {} : { countAbove }),
      sizeBytes,
      countNames,
      countFiles,
      contents: contentsOf(part.digest, hashes.get(index)),
      names,
      namesDigest,
      key: "",
    }, header);
  });
  return { volumes, countMoved, withMoved: new Set(hashes.keys()) };
}

function contentsOf(digest: string, moved: Hash | undefined): string {
  if (moved === undefined) return digest;
  return createHash("sha256").update(digest).update(moved.digest()).digest("hex");
}
