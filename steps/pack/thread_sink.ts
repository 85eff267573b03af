/**
 * A file that another thread writes: while that waits for a disk, the next files are read.
 * @module
 */

import { explainWrite } from "../../host/files/write_error.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { duplicate } from "../../host/libc/files.ts";
import { BUFFER_BYTES, type RingMemory } from "../../host/threads/ring.ts";
import type { WriteEnd, WriteTask } from "./image_writer_worker.ts";
import { fileSink, type Sink } from "./sink.ts";
import { makeRangeMemory, WriteRanges } from "./write_ranges.ts";

/** Takes an image in buffers of a ring. */
export class ThreadSink implements Sink {
  readonly keepsHoles = true;
  readonly isBehind = false;
  readonly isApart = true;
  readonly #file: ReturnType<typeof fileSink>;
  readonly #ranges: WriteRanges;
  readonly #worker: Worker;
  /** Ends when the thread has closed the image. */
  readonly #ended: Promise<void>;
  #failure: Error | undefined;

  /**
   * @param path of a file that exists and is empty
   * @param taker which of the ring's takers the thread is
   */
  constructor(path: string, ring: RingMemory, taker: number) {
    this.#file = fileSink(path);
    const ranges = makeRangeMemory();
    this.#ranges = new WriteRanges(ranges);
    this.#worker = new Worker(new URL("./image_writer_worker.ts", import.meta.url), {
      type: "module",
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.onmessage = ({ data }: MessageEvent<WriteEnd>) => {
        this.#failure = failureOf(path, data);
        resolve();
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#failure = failureOf(path, { kind: "failed", why: event.message });
        resolve();
      };
    });
    const fd = duplicate(this.#file.descriptor);
    this.#worker.postMessage({ ring, taker, ranges, fd } satisfies WriteTask);
  }

  /** Why the thread failed, if so: it takes no more buffers then. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Names bytes of a buffer of the ring that nobody has taken yet. */
  write(bytes: Uint8Array, offsetBytes: number): void {
    const index = Math.floor(bytes.byteOffset / BUFFER_BYTES);
    const start = bytes.byteOffset - index * BUFFER_BYTES;
    this.#ranges.add(index, start, start + bytes.length, offsetBytes);
  }

  catchUp(): Promise<void> {
    return Promise.resolve();
  }

  /** Waits until all is written; the ring must have been ended. @throws EnvironmentError */
  async finish(sizeBytes: number): Promise<void> {
    await this.#ended;
    if (this.#failure !== undefined) throw this.#failure;
    this.#file.finish(sizeBytes);
  }

  /** Gives the image up, when the thread has done what it has begun. */
  async close(isRingEnded: boolean): Promise<void> {
    try {
      if (isRingEnded) await this.#ended;
      this.#worker.terminate();
    } finally {
      this.#file.close();
    }
  }
}

function failureOf(path: string, end: WriteEnd): Error | undefined {
  if (end.kind === "written") return undefined;
  if (end.kind === "refused") {
    return explainWrite(path, new SystemError(end.call, end.errno)) as Error;
  }
  return new Error(`cannot write ${path}: ${end.why}. Report this.`);
}
