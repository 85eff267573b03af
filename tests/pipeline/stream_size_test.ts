import assert from "node:assert/strict";
import type { Step } from "../../mod.ts";
import type { StreamStart } from "../../pipeline/step.ts";
import { Pipeline } from "../../pipeline/pipeline.ts";
import { fakeMachine } from "./fake_machine.ts";

/** Makes an image of 8 bytes. @param announced What it says beforehand. */
function maker(announced: number | undefined): Step {
  return {
    name: "maker",
    leaves: "sealed",
    shell: false,
    streams: true,
    async run(image, { announceSize, tap }) {
      if (announced !== undefined) await announceSize?.(announced);
      for (const text of ["ice ", "core"]) {
        await tap?.(new TextEncoder().encode(text));
      }
      return { ...image, sizeBytes: 8, digests: { sha512: "" } };
    },
  };
}

/** What steps received when they began. */
function listening(started: StreamStart[], name: string, makes?: string): Step {
  return {
    name,
    shell: false,
    run: () => {},
    stream(start) {
      started.push(start);
      if (makes === undefined) return { sink: new WritableStream() };
      return { transform: new TransformStream(), name: makes };
    },
  };
}

async function startsOf(announced: number | undefined): Promise<StreamStart[]> {
  const started: StreamStart[] = [];
  const steps = [
    maker(announced),
    listening(started, "first"),
    listening(started, "seal", "x.img.sealed"),
    listening(started, "last"),
  ];
  const built = Pipeline.of(
    { name: "test", summary: "", steps },
    fakeMachine(),
  );
  await built.run({ sources: [], output: "/o/x.img" });
  return started;
}

Deno.test("the size that is announced reaches the steps that get the image, and to no others", async () => {
  assert.deepEqual(await startsOf(8), [
    { name: "x.img", sizeBytes: 8 },
    { name: "x.img", sizeBytes: 8 },
    { name: "x.img.sealed" },
  ]);
});

Deno.test("where no size is announced none reaches a step", async () => {
  assert.deepEqual(
    (await startsOf(undefined)).map(({ sizeBytes }) => sizeBytes),
    [
      undefined,
      undefined,
      undefined,
    ],
  );
});

Deno.test("an image of another size than was announced fails the build", async () => {
  await assert.rejects(
    startsOf(9),
    /step maker failed: it announced an image of 9 bytes and made 8\. Announce the size/,
  );
});

Deno.test("steps are fed also when the image has no bytes at all", async () => {
  const started: StreamStart[] = [];
  const empty: Step = {
    ...maker(0),
    run: (image) => ({ ...image, digests: { sha512: "" } }),
  };
  const steps = [empty, listening(started, "first")];
  const built = Pipeline.of(
    { name: "test", summary: "", steps },
    fakeMachine(),
  );
  await built.run({ sources: [], output: "/o/x.img" });
  assert.deepEqual(started, [{ name: "x.img" }]);
});
