/**
 * Puts the volumes of a plan into the queues of their hosts.
 * @module
 */

import { FlowProducer, type JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { Plan } from "../plan/plan.ts";
import {
  PREFIX,
  type QueueJob,
  queueNameOf,
  setHostOf,
  type SetJob,
  setJobId,
  type VolumeJob,
  volumeJobId,
} from "./jobs.ts";

/** What is submitted. */
export interface Submission {
  readonly plan: Plan;
  /** Absolute. */
  readonly planPath: string;
  /** Absolute. */
  readonly to: string;
  /** The host on which the set is finished; default that of the first volume. */
  readonly finishOn?: string | undefined;
  /** Submit volumes as well that were built: what is there is looked at, and not built again. */
  readonly again?: boolean;
  /** How often a volume is tried. */
  readonly countAttempts: number;
  /** Seconds before the second try; twice as long before each further one. */
  readonly retrySeconds: number;
}

/** What became of it. */
export interface Submitted {
  /** `running` and `done`: it was there, and nothing was changed. */
  readonly state: "submitted" | "running" | "done";
  /** Volumes that are to be built. */
  readonly countQueued: number;
  /** Volumes that were built by an earlier submission. */
  readonly countDone: number;
}

/** Jobs are looked at so many at a time. */
const BATCH = 200;

/**
 * Submits. What is under way is not touched; what failed is tried anew.
 *
 * @throws UsageError `submitted-elsewhere`
 */
export async function submitPlan(redis: Redis, submission: Submission): Promise<Submitted> {
  const { plan, to, finishOn } = submission;
  const queues = new Queues(redis);
  const flow = new FlowProducer({ connection: redis, prefix: PREFIX });
  try {
    const setHost = finishOn ?? setHostOf(plan);
    const set = await queues.of(setHost).getJob(setJobId(plan));
    const state = await set?.getState();
    const other = (set?.data as SetJob | undefined)?.to;
    // In another folder, each volume is looked at.
    const again = submission.again === true || (other !== undefined && other !== to);
    const nothing = { countQueued: 0, countDone: plan.volumes.length };
    if (state === "completed" && !again) return { state: "done", ...nothing };
    if (state !== undefined && !ENDED.has(state)) {
      if (other !== to) throw elsewhere(to, other ?? "");
      return { state: "running", countQueued: 0, countDone: 0 };
    }
    const missing = new Set((set?.data as SetJob | undefined)?.missing ?? []);
    const countDone = await forgetEnded(queues, plan, (index, state) => {
      return again || state === "failed" || missing.has(index);
    });
    // The jobs of its volumes stay.
    await set?.remove({ removeChildren: false });
    await flow.add(flowOf(submission, setHost));
    return { state: "submitted", countQueued: plan.volumes.length - countDone, countDone };
  } finally {
    await flow.close();
    await queues.close();
  }
}

function elsewhere(to: string, other: string): UsageError {
  return new UsageError(
    `cannot have the plan built into ${printable(to)}: it is being built into ` +
      `${printable(other)}. Submit it when that is done.`,
    "submitted-elsewhere",
  );
}

const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "unknown"]);

/** Removes the jobs of volumes that ended and are to be there anew. @returns how many are done */
async function forgetEnded(
  queues: Queues,
  plan: Plan,
  isForgotten: (index: number, state: string) => boolean,
): Promise<number> {
  let countDone = 0;
  for (let first = 0; first < plan.volumes.length; first += BATCH) {
    await Promise.all(
      plan.volumes.slice(first, first + BATCH).map(async (volume) => {
        const job = await queues.of(volume.host).getJob(volumeJobId(plan, volume));
        const state = await job?.getState();
        if (job === undefined || state === undefined || !ENDED.has(state)) return;
        if (isForgotten(volume.index, state)) await job.remove();
        else countDone++;
      }),
    );
  }
  return countDone;
}

function flowOf(submission: Submission, setHost: string) {
  const { plan, planPath, to, countAttempts, retrySeconds } = submission;
  const common = { plan: planPath, digest: plan.digest, to };
  const backoff = { type: "exponential", delay: retrySeconds * 1000 };
  const { name } = plan.header;
  const data: SetJob = { type: "set", ...common, countVolumes: plan.volumes.length };
  return {
    name,
    queueName: queueNameOf(setHost),
    data,
    opts: { jobId: setJobId(plan), attempts: countAttempts, backoff, ...KEPT },
    children: plan.volumes.map((volume) => {
      const data: VolumeJob = { type: "volume", ...common, index: volume.index };
      const opts = {
        jobId: volumeJobId(plan, volume),
        attempts: countAttempts,
        backoff,
        // The set's job looks at all of them in the end, and names those that failed.
        ignoreDependencyOnFailure: true,
        ...KEPT,
      };
      return { name: volume.name, queueName: queueNameOf(volume.host), data, opts };
    }),
  };
}

const DAY_SECONDS = 86_400;

/** What became of a volume can be asked for so long. */
const KEPT: JobsOptions = {
  removeOnComplete: { age: 90 * DAY_SECONDS },
  removeOnFail: { age: 90 * DAY_SECONDS },
};

/** The queues of several hosts. */
export class Queues {
  readonly #queues = new Map<string, Queue<QueueJob>>();

  constructor(private readonly redis: Redis) {}

  /** The queue of a host. */
  of(host: string): Queue<QueueJob> {
    const known = this.#queues.get(host);
    if (known !== undefined) return known;
    const queue = new Queue<QueueJob>(queueNameOf(host), {
      connection: this.redis,
      prefix: PREFIX,
      skipVersionCheck: true,
    });
    // The connection reports its own errors.
    queue.on("error", () => {});
    this.#queues.set(host, queue);
    return queue;
  }

  /** Lets go of them; the connection stays. */
  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }
}
