import assert from "node:assert/strict";
import type { Step } from "../../../pipeline/step.ts";
import { fakeMachine, pipelineOf, REQUEST, seal } from "../fake_machine.ts";

Deno.test("a step gets the shell unless it says that it needs none", async () => {
  const machine = fakeMachine();
  let loaded = 0;
  const load = machine.loadShell;
  machine.loadShell = (...args) => {
    loaded++;
    return load(...args);
  };
  const using = (more: Partial<Step>): Step => ({
    name: "using",
    run: (_, { $ }) => void $,
    ...more,
  });
  await pipelineOf([using({}), seal], machine).run(REQUEST);
  assert.equal(loaded, 1);
  await assert.rejects(
    pipelineOf([using({ shell: false }), seal], machine).run(REQUEST),
    {
      message:
        /cannot use \$ in step using: it declares shell: false\. Remove that line\./,
    },
  );
  assert.equal(loaded, 1, "it is not loaded for nobody");
});
