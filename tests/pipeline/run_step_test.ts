import assert from "node:assert/strict";
import type { Image } from "../../pipeline/image.ts";
import { fakeMachine, hash, pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

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

Deno.test("a program of a step that fails is told with its exit code and its last words", async () => {
  const thrown = (fields: object) =>
    Object.assign(new Error("Exited with code: 7"), { name: "ShellError", exitCode: 7, ...fields });
  for (
    const [fields, message] of [
      [
        { stderr: "scp: vault: no such host\n\nlost connection.\n" },
        "step uploading failed: a program in it ended with exit code 7: scp: vault: no such host / " +
        "lost connection.",
      ],
      [{ stderr: "" }, "step uploading failed: a program in it ended with exit code 7."],
      [{}, "step uploading failed: a program in it ended with exit code 7."],
    ] as const
  ) {
    const uploading = step("uploading", { run: () => Promise.reject(thrown(fields)) });
    await assert.rejects(pipelineOf([uploading, seal]).run(REQUEST), {
      name: "StepError",
      message,
    });
  }
});
