import assert from "node:assert/strict";
import type { Step } from "../../mod.ts";
import { ReleaseError } from "../../pipeline/build_errors.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { fakeMachine, pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

for (const name of ["$", "defer", "onFailure", "workdir", "beside"]) {
  Deno.test(`a preview has no ${name}; the error says why`, async () => {
    const grasping: Step = {
      name: "grasping",
      run: () => {},
      preview: (_, context) =>
        Promise.resolve([{ label: "x", value: String(Reflect.get(context, name)) }]),
    };
    await assert.rejects(pipelineOf([grasping, seal]).dryRun(REQUEST), {
      message: `cannot use ${name} in the preview of step grasping: a preview runs nothing and ` +
        "writes nothing. Only read in it.",
    });
  });
}

/** Provides a source that does not close. */
const scanning = step("scanning", {
  preview(_, { provideSource }) {
    const close = () => {
      throw new Error("it does not close");
    };
    provideSource({ close } as Partial<ScannedSource> as ScannedSource);
    return Promise.resolve([]);
  },
});

Deno.test("what cannot be released after a dry run is reported", async () => {
  await assert.rejects(pipelineOf([scanning, seal]).dryRun(REQUEST), {
    name: "ReleaseError",
    message: /cannot clean up: it does not close/,
  });
});

Deno.test("what fails in a dry run is reported first", async () => {
  const failing = step("failing", { preview: () => Promise.reject(new Error("no plan")) });
  await assert.rejects(pipelineOf([scanning, failing, seal]).dryRun(REQUEST), (error) => {
    assert.ok(error instanceof ReleaseError);
    assert.match(error.message, /^no plan\. Then: cannot clean up: it does not close\. /);
    return true;
  });
});

Deno.test("a dry run asks the machine for nothing but rights and programs", async () => {
  const machine = fakeMachine();
  await pipelineOf([step("p", { tools: ["tar"] }), seal], machine).dryRun(REQUEST);
  assert.deepEqual(machine.calls, ["programs tar"]);
});

for (const fails of [false, true]) {
  Deno.test(`what a check opened is closed by a dry run that ${fails ? "fails" : "succeeds"}`, async () => {
    const calls: string[] = [];
    const opening = step("opening", {
      check: ({ defer }) => defer(() => void calls.push("close")),
      preview() {
        calls.push("preview");
        return fails ? Promise.reject(new Error("it broke")) : Promise.resolve([]);
      },
    });
    const planning = pipelineOf([opening, seal]).dryRun(REQUEST);
    if (fails) await assert.rejects(planning, /it broke/);
    else await planning;
    assert.deepEqual(calls, ["preview", "close"]);
  });
}
