/**
 * Hashes the buffers of a ring on a thread of its own, and finishes files meanwhile.
 * @module
 */

import { startHash } from "../../host/digests/hash.ts";
import { type RingMemory, takeBuffers } from "../../host/threads/ring.ts";
import { type ChangedFile, type FinishMemory, FinishQueue } from "./finish_queue.ts";

/** What the worker receives at its start. */
export interface HashTask {
  readonly ring: RingMemory;
  readonly finish: FinishMemory;
  readonly algorithm: string;
}

/** What the worker says at its end. */
export interface HashResult {
  /** In hex. */
  readonly digest: string;
  readonly changed: readonly ChangedFile[];
}

/** What it says instead when it failed. */
export interface HashFailure {
  readonly failure: string;
}

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<HashTask>) => Promise<void>;
  postMessage(result: HashResult | HashFailure): void;
};

scope.onmessage = async ({ data }) => {
  // Reported by itself: what a runtime says of a failed thread has pages of the program in it.
  scope.postMessage(
    await hashAll(data).catch((error) => ({
      failure: error instanceof Error ? error.message : String(error),
    })),
  );
};

async function hashAll({ ring, finish, algorithm }: HashTask): Promise<HashResult> {
  const hash = await startHash(algorithm);
  const queue = new FinishQueue(finish);
  const changed: ChangedFile[] = [];
  const finishFiles = () => queue.finishAll((file) => changed.push(file));
  for (const buffer of takeBuffers(ring, 0, finishFiles)) hash.update(buffer);
  finishFiles();
  return { digest: hash.digest(), changed };
}
