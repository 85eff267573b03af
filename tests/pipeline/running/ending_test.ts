import assert from "node:assert/strict";
import { StepError } from "../../../pipeline/build_errors.ts";
import type { BuildEvent } from "../../../pipeline/events.ts";
import type { EndContext, Outcome } from "../../../pipeline/step.ts";
import {
  fakeMachine,
  hash,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "../fake_machine.ts";

/** A step that notes how the build ended. */
function listener(
  then: (outcome: Outcome, context: EndContext) => void = () => {},
) {
  const outcomes: Outcome[] = [];
  const listening = step("listening", {
    ended(outcome, context) {
      outcomes.push(outcome);
      then(outcome, context);
    },
  });
  return { outcomes, listening };
}

Deno.test("a step learns of success when the image is out and all is released", async () => {
  const machine = fakeMachine();
  const { outcomes, listening } = listener(() =>
    void machine.calls.push("reported")
  );
  await pipelineOf([listening, seal, hash], machine).run({
    ...REQUEST,
    force: true,
  });
  assert.deepEqual(machine.calls.slice(-4), [
    "publish /backup/photos.img.sha512.partial",
    "release workdir",
    "settle",
    "reported",
  ]);
  const [outcome] = outcomes;
  assert.ok(
    outcome?.status === "succeeded" && outcome.image.path === REQUEST.output,
  );
  assert.equal(outcomes.length, 1);
});

Deno.test("a step learns of a failure, whose step, code and message it gets, once all is undone", async () => {
  const machine = fakeMachine();
  const { outcomes, listening } = listener(() =>
    void machine.calls.push("reported")
  );
  const failing = step("failing", {
    run: () => Promise.reject(new Error("no")),
  });
  await assert.rejects(
    pipelineOf([seal, failing, listening], machine).run(REQUEST),
    StepError,
  );
  assert.deepEqual(machine.calls.slice(-2), ["discard", "reported"]);
  const { seconds: _, ...outcome } = outcomes[0]!;
  assert.deepEqual(outcome, {
    status: "failed",
    step: "failing",
    code: "step-failed",
    message: "step failing failed: no",
  });
});

Deno.test("a step learns of a check that failed, and of an interruption", async () => {
  const { outcomes, listening } = listener();
  const checking = step("checking", {
    check: () => Promise.reject(new Error("no")),
  });
  await assert.rejects(
    pipelineOf([seal, checking, listening]).run(REQUEST),
    /no/,
  );
  const signal = AbortSignal.abort();
  await assert.rejects(
    pipelineOf([seal, listening]).run({ ...REQUEST, signal }),
    /interrupted/,
  );
  assert.deepEqual(outcomes.map(({ status }) => status), [
    "failed",
    "interrupted",
  ]);
});

Deno.test("who cannot take the news of a success fails the build, and the others learn of it", async () => {
  const events: BuildEvent[] = [];
  const { outcomes, listening } = listener();
  const deaf = step("deaf", {
    ended: () => Promise.reject(new Error("nobody answers")),
  });
  await assert.rejects(
    pipelineOf([seal, deaf, listening]).run({
      ...REQUEST,
      emit: (event) => events.push(event),
    }),
    { message: "step deaf failed: nobody answers" },
  );
  assert.deepEqual(outcomes.map(({ status }) => status), ["succeeded"]);
  assert.equal(events.at(-1)?.type, "build-failed");
});

Deno.test("of several who cannot take the news, the first is thrown, and the others are warnings", async () => {
  const events: BuildEvent[] = [];
  const deaf = (name: string) =>
    step(name, { ended: () => Promise.reject(new Error("no")) });
  await assert.rejects(
    pipelineOf([seal, deaf("one"), deaf("two")])
      .run({ ...REQUEST, emit: (event) => events.push(event) }),
    { message: "step one failed: no" },
  );
  const warnings = events.filter((event) => event.type === "message");
  assert.deepEqual(warnings, [
    {
      type: "message",
      step: "two",
      level: "warning",
      text: "step two failed: no",
    },
  ]);
});

Deno.test("who cannot take the news of a failure does not hide it: that is a warning", async () => {
  const events: BuildEvent[] = [];
  const deaf = step("deaf", {
    run: () => Promise.reject(new Error("it broke")),
    ended(_, { emit }) {
      emit({ type: "message", level: "info", text: "calling" });
      throw new Error("nobody answers");
    },
  });
  await assert.rejects(
    pipelineOf([seal, deaf]).run({
      ...REQUEST,
      emit: (event) => events.push(event),
    }),
    { message: "step deaf failed: it broke" },
  );
  assert.deepEqual(events.slice(-3, -1), [
    { type: "message", step: "deaf", level: "info", text: "calling" },
    {
      type: "message",
      step: "deaf",
      level: "warning",
      text: "step deaf failed: nobody answers",
    },
  ]);
});
