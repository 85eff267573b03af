import assert from "node:assert/strict";
import { loadStep, StepError } from "../../mod.ts";
import { assertNothingBuilt, inLab } from "../faults/lab.ts";
import { attempt, attemptFile, put } from "./attempt.ts";

const refused: readonly (readonly [
  what: string,
  text: string,
  name: string,
  says: RegExp,
])[] = [
  [
    "a syntax error",
    "export default {\n  name: 'x'\n  run() {}\n};\n",
    "PluginError",
    /bad\.ts:3:\d+/,
  ],
  [
    "an import that is not there",
    "import './gone.ts';\n",
    "PluginError",
    /gone\.ts/,
  ],
  [
    "a throw while it is loaded",
    "throw new Error('no net');\n",
    "PluginError",
    /no net\. Correct/,
  ],
  [
    "no default export",
    "export const step = 1;\n",
    "UsageError",
    /no default export, only step\. End/,
  ],
  ["nothing in it", "", "UsageError", /has no default export\. End it with/],
  [
    "a function",
    "export default () => 1;\n",
    "UsageError",
    /it exports a function, not a step/,
  ],
  [
    "a text",
    "export default 'x';\n",
    "UsageError",
    /its step without a name: a name is lower/,
  ],
  [
    "no run",
    "export default { name: 'x' };\n",
    "UsageError",
    /it has no run function\. Add run/,
  ],
  [
    "a field that is misspelled",
    "export default { name: 'x', run() {}, afer: 'hash' };\n",
    "UsageError",
    /its step "x": it has no field afer\. Did you mean after\? Correct/,
  ],
  [
    "an option of no type",
    "export default { name: 'x', run() {}, options: { n: { type: 'int', help: 'n' } } };\n",
    "UsageError",
    /each with a help text and a type, which is one of string, number, boolean, size, strings/,
  ],
  [
    "an unknown phase",
    "export default { name: 'x', run() {}, accepts: ['done'] };\n",
    "UsageError",
    /its accepts must be a list of phases \(planned, /,
  ],
];

for (const [what, text, name, message] of refused) {
  Deno.test(`a module with ${what} is refused with its own words`, async () => {
    await inLab(async (lab) => {
      await assert.rejects(loadStep(put(lab, "bad.ts", text)), {
        name,
        message,
      });
    });
  });
}

const faults: readonly (readonly [what: string, run: string, says: RegExp])[] =
  [
    ["throws", "throw new Error('no vault')", /^step bad failed: no vault$/],
    [
      "has a mistake",
      "const none = undefined;\n  none.length",
      /^step bad failed: .*undefined.*, at \/.*\/bad\.ts:\d+:\d+\. Correct the module\.$/,
    ],
    [
      "returns half an artifact",
      "return { ...image, artifacts: [{ kind: 'x', path: '/x' }] }",
      /it returned an invalid artifact: \{"kind":"x","path":"\/x"\}\. Give it the texts kind, path/,
    ],
    [
      "throws what is not an error",
      "throw 'no vault'",
      /^step bad failed: no vault$/,
    ],
    [
      "returns no image",
      "return { path: 'x' }",
      /returned something that is not an image\. Return/,
    ],
    [
      "runs a program that fails",
      "await $`false`",
      /^step bad failed: a program in it ended with exit code 1\.$/,
    ],
    [
      "runs a program that is not there",
      "await $`no-such-program`.quiet()",
      /^step bad failed: /,
    ],
    [
      "hangs",
      "await new Promise(() => {})",
      /did not end within 0\.2 seconds\. .*set a longer bad\.timeout/,
    ],
    [
      "hangs in a program",
      "await $`env LAB=${image.path.replace(/.out.img.partial$/, '')} sleep 100`.quiet()",
      /did not end within 0\.2 seconds/,
    ],
    [
      "changes the image in secret",
      "await (await import('node:fs/promises')).appendFile(image.path, 'x')",
      /it changed the image without saying so/,
    ],
  ];

for (const [what, run, says] of faults) {
  Deno.test(`a module whose step ${what} fails the build and leaves nothing`, async () => {
    await inLab(async (lab) => {
      const text = `export default { name: "bad", after: "hash",
        async run(image: any, { $ }: any) { $; ${run}; } };\n`;
      const { error, message } = await attemptFile(lab, "bad.ts", text, {
        options: what.startsWith("hangs") ? { timeout: 0.2 } : {},
      });
      assert.match(message, says);
      assert.ok(error instanceof StepError && error.step === "bad");
      await assertNothingBuilt(lab);
    });
  });
}

Deno.test("a module's step learns of the time limit by its signal", async () => {
  await inLab(async (lab) => {
    const text =
      `export default { name: "waits", run: (_: unknown, { signal, emit }: any) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => {
        emit({ type: "message", level: "info", text: "reported" });
        reject(signal.reason);
      })) };\n`;
    const { message, texts } = await attemptFile(lab, "waits.ts", text, {
      options: { timeout: 0.1 },
    });
    assert.match(message, /did not end within 0\.1 seconds/);
    assert.deepEqual(texts, ["reported"]);
  });
});

Deno.test("a module imports icecore by its name, and a step may keep its own timeout", async () => {
  await inLab(async (lab) => {
    const text = `import { recipes, type Step } from "icecore";
      import { openImage } from "icecore/read";
      import { printable } from "icecore/plugin";
      export default {
        name: "own",
        shell: false,
        options: { timeout: { type: "string", help: "its own", default: "never" } },
        run(_image, { options, emit }) {
          emit({ type: "message", level: "info", text: [options["timeout"], recipes.native.name, openImage.name, printable("a")].join(" ") });
        },
      } satisfies Step;\n`;
    const step = await loadStep(put(lab, "own.ts", text));
    assert.deepEqual((await attempt(lab, step)).texts, [
      "never native openImage a",
    ]);
  });
});
