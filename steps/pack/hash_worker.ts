/**
 * Hashes the buffers of a ring on a thread of its own.
 * @module
 */

import { startHash } from "../../host/hash.ts";
import { type RingMemory, takeBuffers } from "./ring.ts";

/** What the worker is told at its start. */
export interface HashTask {
  readonly ring: RingMemory;
  readonly algorithm: string;
}

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<HashTask>) => Promise<void>;
  postMessage(hexDigest: string): void;
};

scope.onmessage = async ({ data: { ring, algorithm } }) => {
  const hash = await startHash(algorithm);
  for (const buffer of takeBuffers(ring)) hash.update(buffer);
  scope.postMessage(hash.digest());
};
