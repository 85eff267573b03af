/**
 * The job that finishes a set, when the jobs of all its volumes have ended.
 * @module
 */

import { type Job, UnrecoverableError } from "bullmq";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../../pipeline/words/counted.ts";
import type { Plan } from "../plan/plan.ts";
import { imageNameOf, readEntry } from "../set/entry.ts";
import type { SetJob } from "./jobs.ts";

/** What a finished set has. */
export interface SetResult {
  readonly countVolumes: number;
  /** Names of the volumes that lack something of their source. */
  readonly lossy: readonly string[];
  /** The catalogue's name. */
  readonly catalogue: string;
}

/** What is done when all volumes are there. */
export interface FinishSet {
  /** Writes the manifest, and checks the set by it. @throws Error */
  seal(plan: Plan, folder: string): Promise<void>;
  /** Makes the catalogue of images. @throws Error */
  index(images: readonly string[], catalogue: string): Promise<void>;
}

/** Most volumes that are named in a message. */
const MOST_NAMES = 20;

/**
 * Finishes the set.
 * @throws UnrecoverableError naming the volumes that failed or are missing; Error of the finishing
 */
export async function finishSet(
  job: Job<SetJob, SetResult>,
  plan: Plan,
  folder: string,
  { seal, index }: FinishSet,
): Promise<SetResult> {
  const failures = Object.values(await job.getIgnoredChildrenFailures());
  const present = plan.volumes.map((volume) => {
    const image = join(folder, imageNameOf(volume));
    const entry = readEntry(folder, volume);
    // An image that is lost leaves its entry.
    const isThere = entry?.key === volume.key && existsSync(image);
    return { volume, image, entry: isThere ? entry : undefined };
  });
  const missing = present.filter(({ entry }) => entry === undefined).map(({ volume }) => volume);
  if (missing.length > 0) {
    await job.updateData({ ...job.data, missing: missing.map(({ index }) => index) });
    const named = missing.slice(0, MOST_NAMES).map(({ name }) => name).join(", ");
    const more = missing.length > MOST_NAMES ? ", …" : "";
    const why = failures.length === 0 ? "" : `: ${[...new Set(failures)].slice(0, 3).join("; ")}`;
    throw new UnrecoverableError(
      `${counted(missing.length, "volume")} of ${plan.volumes.length} missing (${named}${more})` +
        `${why.replace(/\.$/, "")}. Submit the plan again: only those are built.`,
    );
  }
  await seal(plan, folder);
  const catalogue = `${plan.header.name}.catalogue`;
  await index(present.map(({ image }) => image), join(folder, catalogue));
  return {
    countVolumes: plan.volumes.length,
    lossy: present.filter(({ entry }) => entry!.state === "lossy").map(({ volume }) => volume.name),
    catalogue,
  };
}
