import assert from "node:assert/strict";
import { InterruptedError } from "../../pipeline/build_errors.ts";
import type { BuildEvent } from "../../pipeline/events.ts";
import {
  fakeMachine,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "./fake_machine.ts";

for (const result of ["returns", "throws"]) {
  Deno.test(`an abort ends the build after the step that runs, also if that ${result}`, async () => {
    const machine = fakeMachine();
    const interruption = new AbortController();
    const events: BuildEvent[] = [];
    const aborting = step("aborting", {
      run(_, { defer }) {
        defer(() => void machine.calls.push("release aborting"));
        interruption.abort(new InterruptedError("SIGTERM"));
        if (result === "throws") throw new Error("killed");
      },
    });
    const never = step("never", {
      run: () => assert.fail("it runs after the abort"),
    });
    await assert.rejects(
      pipelineOf([aborting, never, seal], machine).run({
        ...REQUEST,
        signal: interruption.signal,
        emit: (event) => void events.push(event),
      }),
      {
        name: "InterruptedError",
        signal: "SIGTERM",
        message: "interrupted by SIGTERM: nothing was left behind",
      },
    );
    assert.deepEqual(machine.calls.slice(2), [
      "release aborting",
      "release workdir",
      "discard",
    ]);
    assert.equal(events.at(-1)?.type, "build-failed");
  });
}

Deno.test("a program's own abort names no signal, and its reason is the cause", async () => {
  const reason = new Error("the user closed the window");
  const signal = AbortSignal.abort(reason);
  await assert.rejects(
    pipelineOf([seal], fakeMachine()).run({ ...REQUEST, signal }),
    {
      name: "InterruptedError",
      signal: undefined,
      cause: reason,
      message: "interrupted: nothing was left behind",
    },
  );
});

Deno.test("a build that was aborted before it began claims nothing", async () => {
  const machine = fakeMachine();
  const signal = AbortSignal.abort();
  await assert.rejects(
    pipelineOf([seal], machine).run({ ...REQUEST, signal }),
    {
      name: "InterruptedError",
    },
  );
  assert.deepEqual(machine.calls, []);
});

Deno.test("an abort while the image gets its name does not take it back", async () => {
  const interruption = new AbortController();
  const machine = fakeMachine();
  const claim = machine.claimOutput;
  machine.claimOutput = (path, force) => ({
    ...claim(path, force),
    publish: () => Promise.resolve(interruption.abort()),
  });
  const { image } = await pipelineOf([seal], machine).run({
    ...REQUEST,
    signal: interruption.signal,
  });
  assert.equal(image.path, REQUEST.output);
});
