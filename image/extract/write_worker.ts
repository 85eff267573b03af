/**
 * Makes small files on a thread of its own.
 * @module
 */

import { type RingMemory, takeBuffers } from "../../host/threads/ring.ts";
import { type Refusal, SmallFileMaker } from "./small_file_maker.ts";
import { WriteState } from "./write_state.ts";

/** What the worker receives at its start. */
export interface WriteTask {
  readonly ring: RingMemory;
  readonly state: SharedArrayBuffer;
}

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WriteTask>) => void;
  postMessage(refusals: readonly Refusal[]): void;
};

scope.onmessage = ({ data: { ring, state } }) => {
  const maker = new SmallFileMaker(new WriteState(state));
  for (const buffer of takeBuffers(ring)) maker.makeAll(buffer);
  scope.postMessage(maker.refusals);
};
