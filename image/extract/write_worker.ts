/**
 * Makes files on a thread of its own.
 * @module
 */

import { startDigests } from "../../host/digests/hash.ts";
import type { Descriptor } from "../../host/libc/files.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import { type JobMemory, takeJobs } from "../../host/threads/job_pool.ts";
import { FileMaker, type MakerReport } from "./file_maker.ts";
import { PlaceCopier } from "./place_copier.ts";
import { WriteState } from "./write_state.ts";

/** What the worker receives at its start. */
export interface WriteTask {
  readonly jobs: JobMemory;
  readonly state: SharedArrayBuffer;
  /** The image, where files are to be copied by their places. */
  readonly image: Descriptor | undefined;
}

/** What they were made of is garbage. */
const BATCHES_A_COLLECTION = 1 << 10;

/** What it says instead of a report when it failed. */
export interface WriteFailure {
  readonly failure: string;
}

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WriteTask>) => Promise<void>;
  postMessage(report: MakerReport | WriteFailure): void;
};

scope.onmessage = async ({ data }) => {
  // Told by itself: what a runtime says of a failed thread has pages of the program in it.
  scope.postMessage(
    await makeFiles(data).catch((error) => ({
      failure: error instanceof Error ? error.message : String(error),
    })),
  );
};

async function makeFiles({ jobs, state, image }: WriteTask): Promise<MakerReport> {
  const progress = new WriteState(state);
  const copier = image === undefined
    ? undefined
    : new PlaceCopier(image, await startDigests("sha256"), () => progress.isStopped);
  const maker = new FileMaker(progress, copier);
  let countBatches = 0;
  for (const buffer of takeJobs(jobs)) {
    maker.makeAll(buffer);
    if (++countBatches % BATCHES_A_COLLECTION === 0) boundGarbage();
  }
  return maker.report;
}
