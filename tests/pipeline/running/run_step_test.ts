import assert from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { machine } from "../../../host/machine.ts";
import type { Image } from "../../../pipeline/image.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import {
  fakeMachine,
  hash,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "../fake_machine.ts";

for (
  const [name, steps] of Object.entries({
    sealed: [seal],
    hashed: [seal, hash],
  })
) {
  Deno.test(`a step that changes a ${name} image without saying so fails the build`, async () => {
    const machine = fakeMachine();
    const changing = step("changing", {
      run: () => void (machine.state = "otherwise"),
    });
    await assert.rejects(
      pipelineOf([...steps, changing], machine).run(REQUEST),
      {
        name: "StepError",
        message:
          /step changing failed: it changed the image without saying so\. Add changes: true/,
      },
    );
    machine.state = "as written";
    await pipelineOf([...steps, { ...changing, changes: true }], machine).run(
      REQUEST,
    );
  });
}

const nonsense: readonly unknown[] = [
  null,
  3,
  "image",
  {},
  { path: "/x" },
  [],
  true,
];

for (const value of nonsense) {
  Deno.test(`a step that returns ${JSON.stringify(value)} fails, and receives what to return`, async () => {
    const machine = fakeMachine();
    const wrong = step("wrong", { run: () => value as Image });
    await assert.rejects(pipelineOf([wrong, seal], machine).run(REQUEST), {
      name: "StepError",
      message:
        /it returned something that is not an image\. Return \{ \.\.\.image, … \}, or nothing\./,
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

Deno.test("a program of a step that fails is reported with its exit code and its last words", async () => {
  const thrown = (fields: object) =>
    Object.assign(new Error("Exited with code: 7"), {
      name: "ShellError",
      exitCode: 7,
      ...fields,
    });
  for (
    const [fields, message] of [
      [
        { stderr: "scp: vault: no such host\n\nlost connection.\n" },
        "step uploading failed: a program in it ended with exit code 7: scp: vault: no such host / " +
        "lost connection.",
      ],
      [
        { stderr: "" },
        "step uploading failed: a program in it ended with exit code 7.",
      ],
      [{}, "step uploading failed: a program in it ended with exit code 7."],
    ] as const
  ) {
    const uploading = step("uploading", {
      run: () => Promise.reject(thrown(fields)),
    });
    await assert.rejects(pipelineOf([uploading, seal]).run(REQUEST), {
      name: "StepError",
      message,
    });
  }
});

for (
  const [what, change, isWritten] of [
    [
      "writes to the image and puts its time back",
      (path: string) => rewrite(path),
      true,
    ],
    [
      "makes a link to it",
      (path: string) => linkSync(path, `${path}.link`),
      false,
    ],
    ["protects it", (path: string) => chmodSync(path, 0o400), false],
    ["reads it", (path: string) => void readFileSync(path), false],
  ] as const
) {
  Deno.test(`a step that ${what} ${isWritten ? "fails the build" : "has not changed it"}`, async () => {
    await inTemporaryFolder(async (folder) => {
      const path = `${folder}/x.img`;
      writeFileSync(path, "before");
      const faked = fakeMachine({ stamp: () => machine.stamp(path) });
      // The clock's grain: what is written within one of its ticks has the same change time.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const running = pipelineOf([
        seal,
        step("odd", { run: () => change(path) }),
      ], faked)
        .run(REQUEST);
      if (isWritten) {
        await assert.rejects(running, /it changed the image without saying so/);
      } else await running;
    });
  });
}

/** Of the same size, with the same modification time. */
function rewrite(path: string): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(path, "after!");
  utimesSync(path, atime, mtime);
}
