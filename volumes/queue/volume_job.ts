/**
 * The job of a volume: what its build's end means to the queue.
 * @module
 */

import { DelayedError, type Job, UnrecoverableError } from "bullmq";
import type { ChildEnd } from "./run_child.ts";
import type { VolumeJob } from "./jobs.ts";

/** What a volume's job leaves behind. */
export interface VolumeResult {
  /** Whether something of the source could not be stored. */
  readonly isLossy: boolean;
}

/** A build of the same volume that goes on, of a worker that is gone, is waited for. */
const BUSY_MS = 5000;

/**
 * What a build came to.
 *
 * @param isGivenBack Whether the worker itself ended the build.
 * @throws DelayedError for a job that is there again; UnrecoverableError for one that has failed for
 * good; Error for one that is tried again while there are tries left
 */
export async function judgeBuild(
  job: Job<VolumeJob, VolumeResult>,
  token: string | undefined,
  { exitCode, errorCode, message }: ChildEnd,
  isGivenBack: boolean,
): Promise<VolumeResult> {
  if (exitCode === 0 || exitCode === 3) return { isLossy: exitCode === 3 };
  if (isGivenBack || errorCode === "output-busy") {
    // No try is lost by it.
    await job.moveToDelayed(Date.now() + (isGivenBack ? 0 : BUSY_MS), token);
    throw new DelayedError();
  }
  const what = message === "" ? `its build ended with ${exitCode}` : message;
  if (exitCode === 2 || exitCode === 4) throw new UnrecoverableError(what);
  throw new Error(what);
}
