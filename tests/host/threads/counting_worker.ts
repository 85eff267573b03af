/**
 * Adds up the lengths of jobs on a thread of its own.
 */

import { type JobMemory, takeJobs } from "../../../host/threads/job_pool.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<JobMemory>) => void;
  postMessage(sum: number): void;
};

scope.onmessage = ({ data }) => {
  let sum = 0;
  for (const job of takeJobs(data)) sum += job.length;
  scope.postMessage(sum);
};
