import assert from "node:assert/strict";
import { loadStep, type Step } from "../../mod.ts";
import { assertNothingBuilt, inLab } from "../faults/lab.ts";
import { attempt, attemptFile, put } from "./attempt.ts";

const never = "new Promise(() => {})";

const forms: Readonly<Record<string, string>> = {
  "starts for ever": `stream: () => ${never}`,
  "never takes a byte":
    `stream: () => ({ sink: new WritableStream({ write: () => ${never} }) })`,
  "never closes":
    `stream: () => ({ sink: new WritableStream({ close: () => ${never} }) })`,
  "never finishes":
    `stream: () => ({ sink: new WritableStream(), finish: () => ${never} })`,
  "never gives up":
    `stream: () => ({ sink: new WritableStream({ write: () => ${never},
    abort: () => ${never} }), abort: () => ${never} })`,
  "never makes a byte": `stream: () => ({ name: "x", transform: {
    writable: new WritableStream({ write: () => ${never} }), readable: new ReadableStream() } })`,
};

for (const [what, form] of Object.entries(forms)) {
  Deno.test(`a streaming form that ${what} fails the build when its time is over`, async () => {
    await inLab(async (lab) => {
      const text =
        `export default { name: "slow", after: "hash", run() {}, ${form} };\n`;
      const { message } = await attemptFile(lab, "slow.ts", text, {
        options: { timeout: 0.5 },
      });
      assert.match(
        message,
        /step slow failed: it did not end within 0\.5 seconds\. Look at what/,
      );
      await assertNothingBuilt(lab);
    });
  });
}

Deno.test("the time that others take does not count for a streaming form", async () => {
  await inLab(async (lab) => {
    const text = `export default { name: "quick", after: "hash", run() {},
      stream: () => ({ transform: new TransformStream() }) };\n`;
    const quick = await loadStep(put(lab, "quick.ts", text));
    const slow: Step = {
      name: "slow",
      shell: false,
      run: () => {},
      stream: () => ({
        sink: new WritableStream({
          write: () =>
            new Promise<void>((resolve) => setTimeout(resolve, 3000)),
        }),
      }),
    };
    const how = { options: { timeout: 2 } };
    assert.equal((await attempt(lab, quick, how, [slow])).message, "");
  });
});
