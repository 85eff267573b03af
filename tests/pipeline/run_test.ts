import assert from "node:assert/strict";
import { InterruptedError, ReleaseError, StepError, UsageError } from "../../pipeline/errors.ts";
import type { Event } from "../../pipeline/events.ts";
import { type Image, withArtifact, withProblems } from "../../pipeline/image.ts";
import type { ProblemKind } from "../../pipeline/problem.ts";
import type { Step } from "../../pipeline/step.ts";
import { fakeMachine, hash, pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

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

Deno.test("with keep the partial image is kept, and the last event says where", async () => {
  const machine = fakeMachine();
  const events: Event[] = [];
  const failing = step("failing", { run: () => Promise.reject(new Error("no")) });
  const emit = (event: Event) => void events.push(event);
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
      assert.match(error.message, /cannot release two; cannot release one.* Run: icecore clean/);
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
  await assert.rejects(pipelineOf([throwing("one"), failing, seal]).run(REQUEST), (error) => {
    assert.ok(error instanceof ReleaseError);
    assert.ok(error.cause instanceof StepError);
    assert.equal(error.cause.cause, failure);
    return true;
  });
});

Deno.test("an abort ends the build after the step that runs, whatever that step throws", async () => {
  for (const result of ["returns", "throws"]) {
    const machine = fakeMachine();
    const interruption = new AbortController();
    const events: Event[] = [];
    const aborting = step("aborting", {
      run(_, { defer }) {
        defer(() => void machine.calls.push("release aborting"));
        interruption.abort(new InterruptedError("SIGTERM"));
        if (result === "throws") throw new Error("killed");
      },
    });
    const never = step("never", { run: () => assert.fail("it runs after the abort") });
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
    assert.deepEqual(machine.calls.slice(2), ["release aborting", "release workdir", "discard"]);
    assert.equal(events.at(-1)?.type, "build-failed");
  }
});

Deno.test("a build that was aborted before it began claims nothing", async () => {
  const machine = fakeMachine();
  const signal = AbortSignal.abort();
  await assert.rejects(pipelineOf([seal], machine).run({ ...REQUEST, signal }), {
    name: "InterruptedError",
  });
  assert.deepEqual(machine.calls, []);
});

Deno.test("an abort while the image gets its name does not take it back", async () => {
  const interruption = new AbortController();
  const machine = fakeMachine();
  const claim = machine.claimOutput;
  machine.claimOutput = async (path, force) => ({
    ...await claim(path, force),
    publish: () => Promise.resolve(interruption.abort()),
  });
  const { image } = await pipelineOf([seal], machine).run({
    ...REQUEST,
    signal: interruption.signal,
  });
  assert.equal(image.path, REQUEST.output);
});

Deno.test("the events of a build come in order", async () => {
  const events: Event[] = [];
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

for (const [name, steps] of Object.entries({ sealed: [seal], hashed: [seal, hash] })) {
  Deno.test(`a step that changes a ${name} image without saying so fails the build`, async () => {
    const machine = fakeMachine();
    const changing = step("changing", { run: () => void (machine.state = "otherwise") });
    await assert.rejects(pipelineOf([...steps, changing], machine).run(REQUEST), {
      name: "StepError",
      message: /step changing failed: it changed the image without saying so\. Add changes: true/,
    });
    machine.state = "as written";
    await pipelineOf([...steps, { ...changing, changes: true }], machine).run(REQUEST);
  });
}

const nonsense: readonly unknown[] = [null, 3, "image", {}, { path: "/x" }, [], true];

for (const value of nonsense) {
  Deno.test(`a step that returns ${JSON.stringify(value)} fails, and is told what to return`, async () => {
    const machine = fakeMachine();
    const wrong = step("wrong", { run: () => value as Image });
    await assert.rejects(pipelineOf([wrong, seal], machine).run(REQUEST), {
      name: "StepError",
      message: /it returned something that is no image\. Return \{ \.\.\.image, … \}, or nothing\./,
    });
    assert.equal(machine.calls.at(-1), "discard");
  });
}

Deno.test("a step cannot leave another phase than it declares", async () => {
  const { image } = await pipelineOf([
    seal,
    step("lying", { run: (image) => ({ ...image, phase: "planned" }) }),
  ]).run(REQUEST);
  assert.equal(image.phase, "sealed");
});

const losses: Readonly<Record<ProblemKind, boolean>> = {
  unreadable: true,
  vanished: true,
  changed: true,
  unsupported: true,
  altered: false,
  skipped: false,
};

for (const [kind, isLoss] of Object.entries(losses)) {
  Deno.test(`a file that was ${kind} ${isLoss ? "is" : "is not"} a loss`, async () => {
    const machine = fakeMachine();
    const problem = { kind: kind as ProblemKind, path: "/srv/photos/a", reason: "it is so" };
    const reporting = step("reporting", { run: (image) => withProblems(image, [problem]) });
    const pipeline = pipelineOf([reporting, seal], machine);
    assert.equal((await pipeline.run(REQUEST)).lossy, isLoss);
    const strict = pipeline.run({ ...REQUEST, strict: true });
    if (!isLoss) return await strict.then(() => {});
    await assert.rejects(strict, {
      code: "source-lost",
      message:
        "cannot store everything: /srv/photos/a: it is so. With --strict no image is left; " +
        "build again when the source is at rest, or leave --strict out.",
    });
    assert.equal(machine.calls.at(-1), "discard");
  });
}

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
  await assert.rejects(pipelineOf([using({ shell: false }), seal], machine).run(REQUEST), {
    message: /cannot use \$ in step using: it declares shell: false\. Remove that line\./,
  });
  assert.equal(loaded, 1, "it is not loaded for nobody");
});

Deno.test("an error of the checks is the user's, and is told as an event, too", async () => {
  const events: Event[] = [];
  await assert.rejects(
    pipelineOf([step("a")]).run({ ...REQUEST, emit: (event) => void events.push(event) }),
    UsageError,
  );
  assert.deepEqual(events.map((event) => event.type), ["build-failed"]);
});
