/**
 * Hashes the buffers of a ring on a thread of its own.
 * @module
 */

import { createHash } from "node:crypto";
import { type RingMemory, takeBuffers } from "./ring.ts";

/** What the worker is told at its start. */
export interface HashTask {
  readonly ring: RingMemory;
  readonly algorithm: string;
}

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<HashTask>) => void;
  postMessage(hexDigest: string): void;
};

scope.onmessage = ({ data: { ring, algorithm } }) => {
  const hash = createHash(algorithm);
  for (const buffer of takeBuffers(ring)) hash.update(buffer);
  scope.postMessage(hash.digest("hex"));
};
