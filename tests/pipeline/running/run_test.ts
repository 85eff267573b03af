import assert from "node:assert/strict";
import { StepError, UsageError } from "../../../pipeline/build_errors.ts";
import type { BuildEvent } from "../../../pipeline/events.ts";
import { withArtifact } from "../../../pipeline/image.ts";
import type { Step } from "../../../pipeline/step.ts";
import { fakeMachine, hash, pipelineOf, REQUEST, seal, step } from "../fake_machine.ts";

Deno.test("steps run in order, and each gets what the one before has left", async () => {
  const seen: string[] = [];
  const { image, lossy } = await pipelineOf([
    step("a", { run: (image) => ({ ...image, sizeBytes: image.sizeBytes + 1 }) }),
    step("b", { run: (image) => void seen.push(`${image.sizeBytes} ${image.phase}`) }),
    { ...seal, run: (image) => ({ ...image, sizeBytes: image.sizeBytes * 10 }) },
    step("c", { run: (image) => void seen.push(`${image.sizeBytes} ${image.phase}`) }),
  ]).run(REQUEST);
  assert.deepEqual(seen, ["1 planned", "10 sealed"]);
  assert.equal(image.path, REQUEST.output);
  assert.equal(image.name, "photos.img");
  assert.equal(lossy, false);
});

Deno.test("a build claims, works, publishes and releases, in this order", async () => {
  const machine = fakeMachine();
  await pipelineOf([
    step("a", { run: (_, { defer }) => defer(() => void machine.calls.push("release a")) }),
    seal,
    hash,
  ], machine).run({ ...REQUEST, force: true });
  assert.deepEqual(machine.calls, [
    "claim /backup/photos.img by force",
    "workdir",
    "publish /backup/photos.img.sha512.partial",
    "release a",
    "release workdir",
    "settle",
  ]);
});

Deno.test("a failed build releases in reverse, then discards image and side files", async () => {
  const machine = fakeMachine();
  const deferring = (name: string): Step =>
    step(name, { run: (_, { defer }) => defer(() => void machine.calls.push(`release ${name}`)) });
  const failure = new Error("it broke");
  const failing = step("failing", {
    run(_, { defer }) {
      defer(() => void machine.calls.push("release failing"));
      throw failure;
    },
  });
  await assert.rejects(
    pipelineOf([deferring("a"), deferring("b"), seal, hash, failing], machine).run(REQUEST),
    (error) => {
      assert.ok(error instanceof StepError);
      assert.equal(error.step, "failing");
      assert.equal(error.cause, failure);
      assert.equal(error.message, "step failing failed: it broke");
      return true;
    },
  );
  assert.deepEqual(machine.calls.slice(2), [
    "release failing",
    "release b",
    "release a",
    "release workdir",
    "discard /backup/photos.img.sha512.partial",
  ]);
});

for (const failing of [undefined, "check", "run"] as const) {
  const end = failing === undefined ? "that succeeds" : `whose ${failing} fails`;
  Deno.test(`what a check opened is closed by a build ${end}`, async () => {
    const machine = fakeMachine();
    const opening = step("opening", {
      check: ({ defer }) => defer(() => void machine.calls.push("close")),
      run: () => void machine.calls.push("run"),
    });
    const fail = () => Promise.reject(new Error("it broke"));
    const last = step("last", failing === undefined ? {} : { [failing]: fail });
    const building = pipelineOf([opening, seal, last], machine).run(REQUEST);
    if (failing === undefined) await building;
    else await assert.rejects(building, /it broke/);
    const calls = machine.calls.filter((call) => call === "run" || call === "close");
    assert.deepEqual(calls, failing === "check" ? ["close"] : ["run", "close"]);
  });
}

Deno.test("with keep the partial image is kept, and the last event says where", async () => {
  const machine = fakeMachine();
  const events: BuildEvent[] = [];
  const failing = step("failing", { run: () => Promise.reject(new Error("no")) });
  const emit = (event: BuildEvent) => void events.push(event);
  await assert.rejects(pipelineOf([failing, seal], machine).run({ ...REQUEST, keep: true, emit }));
  assert.equal(machine.calls.at(-1), "discard kept");
  assert.deepEqual(events.at(-1), {
    type: "build-failed",
    step: "failing",
    code: "step-failed",
    message: "step failing failed: no",
    kept: "/backup/photos.img.partial",
  });
});

Deno.test("the events of a build come in order", async () => {
  const events: BuildEvent[] = [];
  await pipelineOf([
    step("a", {
      run(image, { emit }) {
        emit({ type: "progress", done: 1, total: 2, unit: "files" });
        emit({ type: "message", level: "info", text: "half" });
        return { ...image, sizeBytes: 7 };
      },
    }),
    seal,
  ]).run({ ...REQUEST, emit: (event) => void events.push(event) });
  const last = events.pop();
  assert.equal(last?.type, "build-finished");
  assert.deepEqual(events, [
    {
      type: "build-started",
      steps: ["a", "seal"],
      sources: REQUEST.sources,
      output: REQUEST.output,
    },
    { type: "step-started", step: "a", index: 0, countSteps: 2 },
    { type: "progress", done: 1, total: 2, unit: "files", step: "a" },
    { type: "message", level: "info", text: "half", step: "a" },
    { type: "step-finished", step: "a", seconds: 1, sizeBytes: 7 },
    { type: "step-started", step: "seal", index: 1, countSteps: 2 },
    { type: "step-finished", step: "seal", seconds: 1, sizeBytes: 7 },
  ]);
});

Deno.test("a step that changes the image has its digest made anew, once, at the end", async () => {
  const names: string[] = [];
  const seen: string[] = [];
  const look = (name: string, more: Partial<Step> = {}): Step =>
    step(name, { run: (image) => void seen.push(Object.keys(image.digests).join()), ...more });
  const { image } = await pipelineOf([
    seal,
    hash,
    look("first"),
    step("pad", { changes: true }),
    look("second"),
    step("sign", { changes: true }),
    look("third"),
  ]).run({
    ...REQUEST,
    emit: (event) => event.type === "step-started" && names.push(event.step),
  });
  assert.equal(names.join(" "), "seal hash first pad second sign hash third");
  assert.deepEqual(seen, ["sha512", "", "sha512"]);
  assert.equal(image.digests["sha512"], "digest 0");
  assert.equal(image.artifacts.length, 1);
});

Deno.test("artifacts that lie elsewhere are neither published nor discarded", async () => {
  const machine = fakeMachine();
  const path = "s3://vault/photos.img";
  const uploading = step("upload", {
    run: (image) => withArtifact(image, { kind: "s3", path, finalPath: path }),
  });
  const { image } = await pipelineOf([seal, uploading], machine).run(REQUEST);
  assert.deepEqual(image.artifacts.map((each) => each.path), [path]);
  assert.ok(machine.calls.includes("publish"));
});

Deno.test("an error of the checks is the user's, and is reported as an event, too", async () => {
  const events: BuildEvent[] = [];
  await assert.rejects(
    pipelineOf([step("a")]).run({ ...REQUEST, emit: (event) => void events.push(event) }),
    UsageError,
  );
  assert.deepEqual(events.map((event) => event.type), ["build-failed"]);
});
