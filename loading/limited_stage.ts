/**
 * The streaming form of a step, with a limit to the time that it takes: the time in which it has
 * bytes that it has not yet dealt with, and somebody waits for it. The time that others take to make
 * the bytes, or to take what it makes of them, does not count.
 * @module
 */

import { type ByteStage, takerOf } from "../pipeline/byte_stage.ts";
import type { StepClock } from "./step_clock.ts";

/** The stage, whose time the clock counts. @param giveUp Makes the clock for its `abort`. */
export function limitedStage(
  stage: ByteStage,
  clock: StepClock,
  giveUp: () => StepClock,
): ByteStage {
  const { sink, transform, finish, abort } = stage;
  const waiting = new Waiting(clock, transform === undefined);
  const streams = transform === undefined ? { sink: limitedSink(sink!, waiting) } : {
    transform: {
      writable: limitedSink(takerOf(stage)!, waiting),
      readable: limitedOutput(transform.readable, waiting),
    },
  };
  return {
    ...stage,
    ...streams,
    ...finish === undefined
      ? {}
      : { finish: (image, stored) => clock.limit(() => finish.call(stage, image, stored)) },
    ...abort === undefined
      ? {}
      : { abort: (reason) => giveUp().limit(() => abort.call(stage, reason)) },
  };
}

/** Whether the build waits for the stage. */
class Waiting {
  #countWrites = 0;

  /** @param isWanted Whether somebody waits for what it makes. */
  constructor(readonly clock: StepClock, private isWanted: boolean) {}

  async write(written: Promise<void>): Promise<void> {
    this.#update(1);
    try {
      await this.clock.orExpired(written);
    } finally {
      this.#update(-1);
    }
  }

  async read<T>(wanted: Promise<T>): Promise<T> {
    this.isWanted = true;
    this.#update(0);
    try {
      return await this.clock.orExpired(wanted);
    } finally {
      this.isWanted = false;
      this.#update(0);
    }
  }

  #update(more: number): void {
    this.#countWrites += more;
    this.clock.isRunning = this.#countWrites > 0 && this.isWanted;
  }
}

function limitedSink(
  sink: WritableStream<Uint8Array>,
  waiting: Waiting,
): WritableStream<Uint8Array> {
  const writer = sink.getWriter();
  const { signal } = waiting.clock;
  return new WritableStream({
    start(controller) {
      writer.closed.catch((error) => controller.error(error));
      signal.addEventListener("abort", () => {
        controller.error(signal.reason);
        // It may never answer.
        writer.abort(signal.reason).catch(() => {});
      });
    },
    async write(bytes) {
      await waiting.write(writer.ready.then(() => {}));
      // It fails by `closed`; the next ones are made meanwhile.
      waiting.write(writer.write(bytes)).catch(() => {});
    },
    close: () => waiting.write(writer.close()),
    abort: (reason) => writer.abort(reason),
  });
}

function limitedOutput(
  output: ReadableStream<Uint8Array>,
  waiting: Waiting,
): ReadableStream<Uint8Array> {
  const reader = output.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await waiting.read(reader.read());
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
