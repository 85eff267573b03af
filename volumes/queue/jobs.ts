/**
 * What stands in the queue: a job a volume, and one that waits for all of them and finishes the set.
 * Nothing secret is in them: how volumes are built, each worker says.
 * @module
 */

import { createHash } from "node:crypto";
import type { Plan, PlannedVolume } from "../plan/plan.ts";
import { isCount, isDigest } from "../plan/plan_shape.ts";

/** What all keys in Redis begin with. */
export const PREFIX = "icecore";

/** What both have in common. */
interface PlanJob {
  /** The plan's absolute path, as it was where it was submitted. */
  readonly plan: string;
  /** The plan's digest, in hex. */
  readonly digest: string;
  /** The folder that volumes go to, absolute. */
  readonly to: string;
}

/** The job of a volume. */
export interface VolumeJob extends PlanJob {
  readonly type: "volume";
  readonly index: number;
}

/** The job that finishes the set. */
export interface SetJob extends PlanJob {
  readonly type: "set";
  readonly countVolumes: number;
  /** Volumes that were missing in the end although they had been built. */
  readonly missing?: readonly number[];
}

/** Either. */
export type QueueJob = VolumeJob | SetJob;

/**
 * Whether it is a job as we make them: whoever may write into Redis is not thereby one who says how
 * programs are started here.
 */
export function isQueueJob(data: unknown): data is QueueJob {
  if (typeof data !== "object" || data === null) return false;
  const { type, plan, digest, to, index } = data as Readonly<Record<string, unknown>>;
  const isPath = (value: unknown) =>
    typeof value === "string" && value.startsWith("/") && !value.includes("\0");
  return isPath(plan) && isPath(to) && isDigest(digest) &&
    (type === "set" || (type === "volume" && isCount(index)));
}

/** The queue of a host, so that a volume is built where its data lies. */
export function queueNameOf(host: string): string {
  return host === "" ? "volumes" : `volumes.${encodeURIComponent(host).replaceAll(":", "%3A")}`;
}

/** The host whose queue has this name. */
export function hostOfQueue(name: string): string {
  return decodeURIComponent(name.replace(/^volumes\.?/, ""));
}

/** The number of a volume's job: of the same plan it is the same, whoever submits it. */
export function volumeJobId({ digest }: Plan, { index, key }: PlannedVolume): string {
  return idOf(`${digest} volume ${index} ${key}`);
}

/** The number of the job that finishes a plan's set. */
export function setJobId({ digest }: Pick<Plan, "digest">): string {
  return idOf(`${digest} set`);
}

/** The host on whose queue the set is finished. */
export function setHostOf({ volumes }: Plan): string {
  return volumes[0]?.host ?? "";
}

function idOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
