/**
 * A worker: takes volumes from the queue of a host and has them built, each in a process of its own.
 * @module
 */

import { DelayedError, type Job, UnrecoverableError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { hostname } from "node:os";
import process from "node:process";
import { setInterval, setTimeout } from "node:timers";
import { messageOf } from "../../pipeline/build_errors.ts";
import type { ChildEnd } from "./run_child.ts";
import {
  isQueueJob,
  PREFIX,
  type QueueJob,
  queueNameOf,
  type SetJob,
  type VolumeJob,
} from "./jobs.ts";
import { type FinishSet, finishSet, type SetResult } from "./set_job.ts";
import { Queues } from "./submit_plan.ts";
import { SubmittedPlans } from "./submitted_plans.ts";
import { judgeBuild, type VolumeResult } from "./volume_job.ts";

/** What a worker is given. */
export interface WorkOptions {
  readonly redis: Redis;
  /** The label of the host; empty where there is only one. */
  readonly host: string;
  /** Volumes that are built at once. */
  readonly countAtOnce: number;
  /** After so long without a sign of life, a worker's volumes are taken up by another. */
  readonly lostAfterMs: number;
  /** Whether it ends when nothing is left to be built or finished. */
  readonly untilEmpty: boolean;
  /** Where the plan is here, instead of where it was submitted. */
  readonly plan?: string | undefined;
  /** Where volumes go here, instead of what was submitted. */
  readonly to?: string | undefined;
  /** Builds a volume. */
  build(
    plan: string,
    index: number,
    to: string,
    signal: AbortSignal,
    onProgress: (progress: object) => void,
  ): Promise<ChildEnd>;
  /** Finishes a set. */
  finishing(signal: AbortSignal): FinishSet;
  /** Receives what happens. */
  onEvent(event: WorkEvent): void;
}

/** What happens at a worker. */
export type WorkEvent =
  | { readonly kind: "begun" | "built" | "lossy" | "given-back"; readonly name: string }
  | {
    readonly kind: "failed";
    readonly name: string;
    readonly why: string;
    /** Whether it is tried again. */
    readonly isTriedAgain: boolean;
  }
  | { readonly kind: "finished"; readonly name: string; readonly result: SetResult }
  | { readonly kind: "trouble"; readonly why: string };

/** How many workers may die over one volume before it is given up: far more than bad luck. */
const MOST_STALLED = 100;
const PROGRESS_MS = 2000;
const LOOK_MS = 500;
/** How long a Redis that does not answer may keep a worker from ending. */
const CLOSING_MS = 5000;

/** Works until the signal, or until nothing is left. */
export async function workQueue(options: WorkOptions, signal: AbortSignal): Promise<void> {
  const { redis, host, countAtOnce, lostAfterMs, onEvent } = options;
  const plans = new SubmittedPlans();
  const worker = new Worker<QueueJob, VolumeResult | SetResult>(
    queueNameOf(host),
    (job, token) => runJob(options, plans, job, token, signal),
    {
      connection: redis,
      prefix: PREFIX,
      name: `${hostname()}.${process.pid}`,
      concurrency: countAtOnce,
      lockDuration: lostAfterMs,
      stalledInterval: lostAfterMs,
      maxStalledCount: MOST_STALLED,
      skipVersionCheck: true,
    },
  );
  let last = "";
  worker.on("error", (error) => {
    // The connection reports by itself that it is lost, and every command fails then.
    const why = messageOf(error);
    if (redis.status === "ready" && why !== last) onEvent({ kind: "trouble", why });
    last = why;
  });
  worker.on("failed", (job, error) => {
    if (job === undefined) return;
    const isTriedAgain = !(error instanceof UnrecoverableError) &&
      job.attemptsMade < (job.opts.attempts ?? 1);
    onEvent({ kind: "failed", name: job.name, why: messageOf(error), isTriedAgain });
  });
  worker.on("completed", (job, result) => {
    if ("countVolumes" in result) onEvent({ kind: "finished", name: job.name, result });
    else onEvent({ kind: result.isLossy ? "lossy" : "built", name: job.name });
  });
  try {
    await untilEnd(options, signal);
  } finally {
    await closed(worker, redis);
  }
}

async function runJob(
  options: WorkOptions,
  plans: SubmittedPlans,
  job: Job<QueueJob>,
  token: string | undefined,
  signal: AbortSignal,
): Promise<VolumeResult | SetResult> {
  const { data, name } = job;
  if (!isQueueJob(data)) {
    throw new UnrecoverableError("its job is not one that volume submit has made. Submit the plan");
  }
  options.onEvent({ kind: "begun", name });
  const planPath = options.plan ?? data.plan;
  const to = options.to ?? data.to;
  const plan = await plans.read(planPath, data.digest);
  if (data.type === "set") {
    try {
      return await finishSet(job as Job<SetJob, SetResult>, plan, to, options.finishing(signal));
    } catch (error) {
      if (!signal.aborted || error instanceof UnrecoverableError) throw error;
      // The worker itself has ended it: no try is lost by it.
      options.onEvent({ kind: "given-back", name });
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    }
  }
  let lastMs = 0;
  const end = await options.build(planPath, data.index, to, signal, (progress) => {
    if (Date.now() - lastMs < PROGRESS_MS || options.redis.status !== "ready") return;
    lastMs = Date.now();
    // Nobody waits for it, nor minds when the job is somebody else's by now.
    job.updateProgress(progress).catch(() => {});
  });
  const isGivenBack = signal.aborted;
  if (isGivenBack) options.onEvent({ kind: "given-back", name });
  return await judgeBuild(job as Job<VolumeJob, VolumeResult>, token, end, isGivenBack);
}

/** Resolves at the signal, or when nothing is left. */
async function untilEnd({ redis, host, untilEmpty }: WorkOptions, signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  if (!untilEmpty) return await promise;
  const queues = new Queues(redis);
  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking || redis.status !== "ready") return;
    isLooking = true;
    try {
      if (await queues.of(host).getJobCountByTypes(...LEFT) === 0) resolve();
    } catch {
      // It is looked at again.
    }
    isLooking = false;
  }, LOOK_MS);
  try {
    await promise;
  } finally {
    clearInterval(timer);
    if (redis.status === "ready") await queues.close();
  }
}

const LEFT = ["waiting", "active", "delayed", "prioritized", "waiting-children"] as const;

/** A worker's close waits for Redis without end. */
async function closed(worker: Worker, redis: Redis): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (redis.status === "ready") return;
    clearInterval(timer);
    setTimeout(resolve, CLOSING_MS).unref();
  }, LOOK_MS);
  await Promise.race([worker.close().catch(() => {}), promise]);
  clearInterval(timer);
  // It waits for Redis as well, and is not waited for.
  if (redis.status !== "ready") worker.disconnect().catch(() => {});
}
