/**
 * Writes the buffers of a ring on a thread of its own.
 * @module
 */

import { SystemError } from "../../host/libc/errno.ts";
import { close, type Descriptor, writeAllAt } from "../../host/libc/files.ts";
import { COUNT_BUFFERS, type RingMemory, takeBuffers } from "../../host/threads/ring.ts";
import { type RangeMemory, WriteRanges } from "./write_ranges.ts";

/** What the worker receives at its start. */
export interface WriteTask {
  readonly ring: RingMemory;
  /** Which of the ring's takers it is. */
  readonly taker: number;
  readonly ranges: RangeMemory;
  /** The image; it is the worker's to close. */
  readonly fd: Descriptor;
}

/** What it says at its end. */
export type WriteEnd =
  | { readonly kind: "written" }
  /** A system call failed. */
  | { readonly kind: "refused"; readonly call: string; readonly errno: number }
  | { readonly kind: "failed"; readonly why: string };

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WriteTask>) => void;
  postMessage(end: WriteEnd): void;
};

scope.onmessage = ({ data }) => scope.postMessage(writeAll(data));

function writeAll({ ring, taker, ranges, fd }: WriteTask): WriteEnd {
  try {
    try {
      writeBuffers({ ring, taker, ranges, fd });
    } finally {
      close(fd);
    }
    return { kind: "written" };
  } catch (error) {
    if (error instanceof SystemError) {
      return { kind: "refused", call: error.call, errno: error.errno };
    }
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}

function writeBuffers({ ring, taker, ranges, fd }: WriteTask): void {
  const writeRanges = new WriteRanges(ranges);
  let taken = 0;
  for (const buffer of takeBuffers(ring, taker)) {
    writeRanges.take(taken++ % COUNT_BUFFERS, (start, end, offsetBytes) => {
      writeAllAt(fd, buffer.subarray(start, end), offsetBytes);
    });
  }
}
