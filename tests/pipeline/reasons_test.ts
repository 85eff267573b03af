import assert from "node:assert/strict";
import { messageOf } from "../../pipeline/build_errors.ts";
import { fakeMachine, pipelineOf, REQUEST, step } from "./fake_machine.ts";

const thrown: readonly (readonly [value: unknown, message: string])[] = [
  [undefined, "no reason was given: undefined was thrown"],
  [null, "no reason was given: null was thrown"],
  ["", "no reason was given: '' was thrown"],
  [7, "no reason was given: 7 was thrown"],
  [{ status: 507 }, "no reason was given: { status: 507 } was thrown"],
  [
    Object.create(null),
    "no reason was given: [Object: null prototype] {} was thrown",
  ],
  [Symbol("lost"), "no reason was given: Symbol(lost) was thrown"],
  [new TypeError(), "no reason was given: TypeError was thrown"],
  ["no net", "no net"],
  [{ message: "no net" }, "no net"],
  [new Error("no net"), "no net"],
  [new Error("", { cause: new Error("no route") }), "no route"],
  [new AggregateError([new Error("one"), undefined, "two"]), "one; two"],
];

for (const [value, message] of thrown) {
  Deno.test(`what was thrown is described: ${message}`, () => {
    assert.equal(messageOf(value), message);
  });
}

/** What a connection that the far side closes does: the near side learns nothing. */
function uploading(finish?: () => Promise<void>) {
  return step("webdav", {
    stream: () => ({
      sink: new WritableStream({ write: () => Promise.reject(undefined) }),
      ...finish === undefined ? {} : { finish },
    }),
  });
}

const pack = step("pack", {
  streams: true,
  leaves: "sealed",
  async run(image, { tap }) {
    for (let i = 0; i < 4; i++) await tap!(Uint8Array.of(i));
    return { ...image, sizeBytes: 4 };
  },
});

Deno.test("a sink that gives no reason is asked for it by finish", async () => {
  const step = uploading(() =>
    Promise.reject(new Error("507 Insufficient Storage"))
  );
  await assert.rejects(pipelineOf([pack, step], fakeMachine()).run(REQUEST), {
    name: "StepError",
    step: "webdav",
    message: "step webdav failed: 507 Insufficient Storage",
  });
});

for (
  const [what, finish] of [["has no finish", undefined], [
    "finishes",
    async () => {},
  ]] as const
) {
  Deno.test(`a sink that gives no reason fails the build, also if its step ${what}`, async () => {
    const machine = fakeMachine();
    await assert.rejects(
      pipelineOf([pack, uploading(finish)], machine).run(REQUEST),
      {
        message:
          "step webdav failed: no reason was given: undefined was thrown",
      },
    );
    assert.equal(machine.calls.at(-1), "discard");
  });
}
