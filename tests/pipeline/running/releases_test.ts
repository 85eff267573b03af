import assert from "node:assert/strict";
import { ReleaseError, StepError } from "../../../pipeline/build_errors.ts";
import type { Step } from "../../../pipeline/step.ts";
import {
  fakeMachine,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "../fake_machine.ts";

/** A step whose release fails. */
const throwing = (text: string): Step =>
  step(text, {
    run: (_, { defer }) =>
      defer(() => {
        throw new Error(`cannot release ${text}`);
      }),
  });

Deno.test("what releases throw is collected, and the other releases still run", async () => {
  const machine = fakeMachine();
  await assert.rejects(
    pipelineOf([throwing("one"), throwing("two"), seal], machine).run(REQUEST),
    (error) => {
      assert.ok(error instanceof ReleaseError);
      assert.equal(error.errors.length, 2);
      assert.match(
        error.message,
        /cannot release two; cannot release one.* Run: icecore clean/,
      );
      return true;
    },
  );
  assert.ok(machine.calls.includes("release workdir"));
  assert.ok(
    machine.calls.some((call) => call.startsWith("publish")),
    "the image is out all the same",
  );
});

Deno.test("what releases throw after a failure does not hide the failure", async () => {
  const failure = new Error("it broke");
  const failing = step("failing", {
    run: () => {
      throw failure;
    },
  });
  await assert.rejects(
    pipelineOf([throwing("one"), failing, seal]).run(REQUEST),
    (error) => {
      assert.ok(error instanceof ReleaseError);
      assert.ok(error.cause instanceof StepError);
      assert.equal(error.cause.cause, failure);
      return true;
    },
  );
});
