/**
 * How far a plan is, or how full the queues are.
 * @module
 */

import type { Redis } from "ioredis";
import type { Plan } from "../plan/plan.ts";
import { hostOfQueue, PREFIX, setHostOf, setJobId, volumeJobId } from "./jobs.ts";
import { Queues } from "./submit_plan.ts";

/** What a job is at. */
export type JobState = "waiting" | "active" | "done" | "failed" | "unknown";

/** What is known of a volume. */
export interface VolumeStatus {
  readonly name: string;
  readonly host: string;
  readonly state: JobState;
  /** Whether something of the source could not be stored. */
  readonly isLossy: boolean;
  /** Why it failed, or failed the last time. */
  readonly why?: string;
  /** How often it was tried. */
  readonly countAttempts: number;
  /** The worker that builds it. */
  readonly worker?: string;
  readonly progress?: unknown;
}

/** What is known of a plan. */
export interface PlanStatus {
  readonly volumes: readonly VolumeStatus[];
  readonly set: { readonly state: JobState; readonly why?: string };
}

const BATCH = 200;

/** How far a plan is. @param finishOn The host on which the set is finished. */
export async function planStatus(redis: Redis, plan: Plan, finishOn?: string): Promise<PlanStatus> {
  const queues = new Queues(redis);
  try {
    const volumes: VolumeStatus[] = [];
    for (let first = 0; first < plan.volumes.length; first += BATCH) {
      volumes.push(
        ...await Promise.all(
          plan.volumes.slice(first, first + BATCH).map(async (volume) => {
            const { name, host } = volume;
            const job = await queues.of(host).getJob(volumeJobId(plan, volume));
            const state = stateOf(await job?.getState());
            const why = state === "done" ? undefined : job?.failedReason;
            return {
              name,
              host,
              state,
              isLossy: (job?.returnvalue as { isLossy?: boolean } | null)?.isLossy === true,
              countAttempts: job?.attemptsMade ?? 0,
              ...why === undefined ? {} : { why },
              ...state === "active" && job?.processedBy !== undefined
                ? { worker: job.processedBy, progress: job.progress }
                : {},
            };
          }),
        ),
      );
    }
    const set = await queues.of(finishOn ?? setHostOf(plan)).getJob(setJobId(plan));
    const state = stateOf(await set?.getState());
    const why = state === "done" ? undefined : set?.failedReason;
    return { volumes, set: { state, ...why === undefined ? {} : { why } } };
  } finally {
    await queues.close();
  }
}

function stateOf(state: string | undefined): JobState {
  switch (state) {
    case undefined:
    case "unknown":
      return "unknown";
    case "active":
    case "failed":
      return state;
    case "completed":
      return "done";
    default:
      return "waiting";
  }
}

/** How full the queue of a host is. */
export interface QueueStatus {
  readonly host: string;
  readonly countWaiting: number;
  readonly countActive: number;
  readonly countDone: number;
  readonly countFailed: number;
  readonly countWorkers: number;
}

/** How full all queues are. */
export async function queueStatus(redis: Redis): Promise<QueueStatus[]> {
  const queues = new Queues(redis);
  try {
    const found: QueueStatus[] = [];
    for (const name of await queueNames(redis)) {
      const host = hostOfQueue(name);
      const queue = queues.of(host);
      const counts = await queue.getJobCounts();
      const of = (...states: string[]) =>
        states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
      found.push({
        host,
        countWaiting: of("waiting", "delayed", "prioritized", "waiting-children"),
        countActive: of("active"),
        countDone: of("completed"),
        countFailed: of("failed"),
        countWorkers: await queue.getWorkersCount(),
      });
    }
    return found;
  } finally {
    await queues.close();
  }
}

async function queueNames(redis: Redis): Promise<string[]> {
  const names = new Set<string>();
  for (let cursor = "0";;) {
    const [next, keys] = await redis.scan(cursor, "MATCH", `${PREFIX}:volumes*:meta`);
    for (const key of keys) names.add(key.slice(PREFIX.length + 1, -":meta".length));
    if (next === "0") return [...names].sort();
    cursor = next;
  }
}
