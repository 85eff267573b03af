import assert from "node:assert/strict";
import { Pipeline } from "../../../pipeline/pipeline.ts";
import {
  checkChain,
  checkPlaces,
} from "../../../pipeline/running/check_chain.ts";
import type { Step } from "../../../pipeline/step.ts";
import { fakeMachine, step } from "../fake_machine.ts";

const stream = () => ({ sink: new WritableStream<Uint8Array>() });
const maker = step("maker", { streams: true });
const look = step("look", { passive: true });
const seal = step("seal", { stream, transforms: true, reads: "payload" });
const crush = step("crush", { stream, transforms: true, reads: "payload" });
const send = step("send", { stream, passive: true, reads: "parts" });
const cut = step("cut", { stream, leavesFiles: true, reads: "payload" });
const mend = step("mend", { reads: "payload" });
const tree = step("tree", { stream, passive: true, reads: "image" });
const own = step("own");

const check = (steps: readonly Step[], output = "/o/x.img") => {
  checkChain([maker, ...steps], { sources: ["/srv/photos"], output });
  checkPlaces([maker, ...steps], output);
};

const possible: Readonly<Record<string, readonly Step[]>> = {
  "nothing behind it": [],
  "a transform whose file is read": [look, seal, mend],
  "what a transform makes, sent": [seal, send],
  "parts, sent": [seal, cut, send],
  "a file made anew, and read": [seal, mend, cut, crush, mend],
  "the image's own reader anywhere": [seal, tree, mend, tree],
  "the plain image, cut and read": [cut, mend, crush],
  "a step that does not say what it reads": [seal, send, own],
};

for (const [what, steps] of Object.entries(possible)) {
  Deno.test(`a chain that works is let through: ${what}`, () => check(steps));
}

const impossible:
  readonly (readonly [steps: readonly Step[], output: string, says: RegExp])[] =
    [
      [
        [seal, send, mend],
        "/o/x.img",
        /^cannot run mend behind send: what seal makes is streamed on to send and lies in no file, and/,
      ],
      [
        [crush, seal, look, send, tree, cut, mend],
        "/o/x.img",
        /what seal makes is streamed on to send and cut .* Put mend directly behind seal\.$/,
      ],
      [
        [seal, cut, crush],
        "/o/x.img",
        /cannot run crush behind cut: what seal makes/,
      ],
      [
        [own, send],
        "-",
        /cannot run own on an image that goes to stdout: it needs a file\. Name one/,
      ],
      [
        [cut, mend],
        "-",
        /cannot run mend on an image that goes to stdout: it needs a file/,
      ],
      [
        [seal],
        "-",
        /cannot run seal on an image that goes to stdout: there is no place for what it makes\. Name a file/,
      ],
      [[seal, tree], "-", /cannot run seal on an image that goes to stdout/],
      [[send, mend], "-", /cannot run mend on an image that goes to stdout/],
    ];

for (const [steps, output, message] of impossible) {
  const names = steps.map(({ name }) => name).join(", ");
  Deno.test(`a chain that cannot work is refused: ${names} with -o ${output}`, () => {
    assert.throws(() => check(steps, output), { name: "UsageError", message });
  });
}

Deno.test("where the image is made as a file, each step has one to read", () => {
  checkChain([own, seal, cut, crush, mend], {
    sources: [],
    output: "/o/x.img",
  });
});

Deno.test("a step that declares that it transforms, and does not, is explained", async () => {
  const making = step("maker", {
    leaves: "sealed",
    streams: true,
    async run(image, { tap }) {
      await tap?.(new Uint8Array(1));
      return { ...image, sizeBytes: 1 };
    },
  });
  const recipe = { name: "test", summary: "", steps: [making, seal] };
  await assert.rejects(
    Pipeline.of(recipe, fakeMachine()).run({ sources: [], output: "/o/x.img" }),
    /step seal failed: it declares transforms: true, and its streaming form has a sink/,
  );
});
