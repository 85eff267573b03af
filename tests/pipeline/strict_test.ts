import assert from "node:assert/strict";
import { withProblems } from "../../pipeline/image.ts";
import {
  fakeMachine,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "./fake_machine.ts";

Deno.test("with strict, no step runs behind the one that lost something", async () => {
  const machine = fakeMachine();
  const losing = step("losing", {
    run: (image) =>
      withProblems(image, [{
        kind: "changed",
        path: "/srv/a",
        reason: "it is so",
      }]),
  });
  const never = step("never", { run: () => assert.fail("it runs") });
  const pipeline = pipelineOf([seal, losing, never], machine);
  await assert.rejects(pipeline.run({ ...REQUEST, strict: true }), {
    code: "source-lost",
  });
  assert.equal(machine.calls.at(-1), "discard");
});
