import assert from "node:assert/strict";
import { InterruptedError } from "../../../pipeline/build_errors.ts";
import type { ByteStage } from "../../../pipeline/byte_stage.ts";
import type { BuildEvent } from "../../../pipeline/events.ts";
import type { Step } from "../../../pipeline/step.ts";
import { messagesIn } from "../../support/messages.ts";
import {
  fakeMachine,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "../fake_machine.ts";

const never = <T>(): Promise<T> => new Promise(() => {});

/** A step that makes four bytes, for steps that are fed. */
const pack = step("pack", {
  streams: true,
  leaves: "sealed",
  async run(image, { tap }) {
    await tap?.(Uint8Array.of(1, 2, 3, 4));
    return { ...image, sizeBytes: 4 };
  },
});

const fed =
  (stage: (reached: () => void) => ByteStage | Promise<ByteStage>) =>
  (
    reached: () => void,
  ): Step[] => [pack, step("fed", { stream: () => stage(reached) })];

/** Builds that wait for somebody else's code for ever; each says when it has come to that. */
const builds: Readonly<Record<string, (reached: () => void) => Step[]>> = {
  check: (
    reached,
  ) => [seal, step("slow", { check: () => (reached(), never()) })],
  run: (reached) => [seal, step("slow", { run: () => (reached(), never()) })],
  stream: fed((reached) => (reached(), never())),
  "a sink's write": fed((reached) => ({
    sink: new WritableStream({ write: () => (reached(), never()) }),
  })),
  "a sink's close": fed((reached) => ({
    sink: new WritableStream({ close: () => (reached(), never()) }),
  })),
  "a transform": fed((reached) => ({
    transform: {
      writable: new WritableStream({ write: () => (reached(), never()) }),
      readable: new ReadableStream(),
    },
  })),
  finish: fed((reached) => ({
    sink: new WritableStream(),
    finish: () => (reached(), never()),
  })),
  "abort, and a sink": fed((reached) => ({
    sink: new WritableStream({ write: () => (reached(), never()) }),
    abort: () => never(),
  })),
  "a release, after a failure": (reached) => [
    step("failing", {
      run(_, { defer }) {
        defer(() => (reached(), never()));
        throw new Error("failed");
      },
    }),
    seal,
  ],
};

async function assertEnded(
  what: string,
  stepsOf: (reached: () => void) => Step[],
): Promise<void> {
  const machine = fakeMachine();
  const interruption = new AbortController();
  const reached = Promise.withResolvers<void>();
  const building = pipelineOf(stepsOf(reached.resolve), machine)
    .run({ ...REQUEST, signal: interruption.signal });
  await reached.promise;
  interruption.abort(new InterruptedError("SIGINT"));
  await assert.rejects(building, (error: Error) => {
    const { name, cause } = error;
    return name === "InterruptedError" ||
      (cause as Error).name === "InterruptedError";
  }, what);
  const claimed = machine.calls.some((call) => call.startsWith("claim"));
  assert.equal(machine.calls.at(-1), claimed ? "discard" : undefined, what);
}

Deno.test(`an interruption ends builds in which something never settles: ${Object.keys(builds)}`, async () => {
  // At once: each takes as long as patience lasts.
  await Promise.all(Object.entries(builds).map((each) => assertEnded(...each)));
});

Deno.test("an interruption ends a dry run in which a preview never settles", async () => {
  const interruption = new AbortController();
  const slow = step("slow", {
    preview:
      () => (interruption.abort(new InterruptedError("SIGINT")), never()),
  });
  const { signal } = interruption;
  await assert.rejects(
    pipelineOf([seal, slow]).dryRun({ ...REQUEST, signal }),
    {
      name: "InterruptedError",
    },
  );
});

Deno.test("a step that does not hear of an interruption is named", async () => {
  const interruption = new AbortController();
  const events: BuildEvent[] = [];
  const slow = step("slow", {
    run: () => (interruption.abort(new InterruptedError("SIGINT")), never()),
  });
  const { signal } = interruption;
  const emit = (event: BuildEvent) => void events.push(event);
  await assert.rejects(
    pipelineOf([seal, slow]).run({ ...REQUEST, signal, emit }),
  );
  assert.deepEqual(messagesIn(events), [
    "step slow failed: it did not end within 5 seconds after the interruption",
  ]);
});

Deno.test("a step that ends after an interruption has cleaned up before the rest is undone", async () => {
  const machine = fakeMachine();
  const interruption = new AbortController();
  const tidy = step("tidy", {
    async run() {
      interruption.abort(new InterruptedError("SIGINT"));
      await new Promise((resolve) => setTimeout(resolve, 100));
      machine.calls.push("tidied");
    },
  });
  const { signal } = interruption;
  await assert.rejects(
    pipelineOf([tidy, seal], machine).run({ ...REQUEST, signal }),
  );
  assert.deepEqual(machine.calls.slice(2), [
    "tidied",
    "release workdir",
    "discard",
  ]);
});
