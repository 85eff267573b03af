import assert from "node:assert/strict";
import { recipeDocument } from "../../loading/show_recipe.ts";
import {
  loadRecipe,
  pipeline,
  recipes,
  type Step,
  UsageError,
} from "../../mod.ts";
import { e2fsprogs, native } from "../../steps/recipes.ts";
import { inLab, type Lab } from "../faults/lab.ts";
import { put } from "./attempt.ts";

const age: Step = {
  name: "age",
  after: "hash",
  options: {
    to: { type: "strings", help: "whom" },
    key: { type: "string", help: "k", secret: true },
  },
  run: () => {},
};
const builtins = { age: () => Promise.resolve({ default: age }) };

const load = (lab: Lab, text: string) =>
  loadRecipe(put(lab, "my.json", text), { builtins });

const good: readonly (readonly [what: string, text: string, steps: string])[] =
  [
    ["nothing in it, which is native", "{}", "scan pack fsck hash"],
    [
      "another recipe to start from",
      `{"extends": "e2fsprogs", "without": ["shrink"]}`,
      [
        "scan allocate format grow mount copy unmount fsck readonly hash",
      ].join(" "),
    ],
    [
      "a list of steps",
      `{"steps": ["scan", {"step": "pack"}, "./own.sh"]}`,
      "scan pack own",
    ],
    [
      "a plugin at its own place",
      `{"use": [{"step": "age"}]}`,
      "scan pack fsck hash age",
    ],
    [
      "steps at places, in order",
      `{"use": [{"step": "./own.sh", "before": "hash"}, {"step": "age", "after": "own"}]}`,
      "scan pack fsck own age hash",
    ],
    [
      "a step twice, with another name",
      `{"use": [{"step": "age"}, {"step": "age", "name": "age-offsite"}]}`,
      "scan pack fsck hash age age-offsite",
    ],
    [
      "a step in the place of a built-in one",
      `{"without": ["hash"], "use": [{"step": "./own.sh", "name": "hash"}]}`,
      "scan pack fsck hash",
    ],
  ];

for (const [what, text, steps] of good) {
  Deno.test(`a recipe file may have ${what}`, async () => {
    await inLab(async (lab) => {
      put(lab, "own.sh", "#!/bin/sh\n");
      assert.equal((await load(lab, text)).names.join(" "), steps);
    });
  });
}

Deno.test("options of a recipe file reach their steps, wherever they stand", async () => {
  await inLab(async (lab) => {
    const text = `{
      "steps": ["scan", {"step": "pack", "options": {"label": "one"}}],
      "use": [{"step": "age", "after": "pack", "options": {"to": ["a", "b"]}}],
      "options": {"scan": {"exclude": ["*.tmp"]}, "pack": {"blockSize": "1024"}}
    }`;
    const given = Object.fromEntries(
      (await load(lab, text)).placed.map((
        { step, given },
      ) => [step.name, given]),
    );
    assert.deepEqual(given, {
      scan: { exclude: ["*.tmp"] },
      pack: { label: "one", blockSize: "1024" },
      age: { to: ["a", "b"] },
    });
  });
});

const bad: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  [
    "no JSON",
    `{\n  "name": "x",\n}`,
    /my\.json: line 3, column 1: expected a string in "double/,
  ],
  [
    "an end too early",
    `{"use": [`,
    /my\.json: line 1, column 10: expected \], or a comma/,
  ],
  [
    "a name twice",
    `{"use": [],\n"use": []}`,
    /line 2, column 1: "use" is twice\. Correct/,
  ],
  ["a list", "[]", /my\.json, line 1: expected an object, not \[\]/],
  [
    "a mistyped key",
    `{\n"usee": []}`,
    /line 2, usee: "usee" is unknown\. Did you mean use/,
  ],
  [
    "a mistyped recipe",
    `{"extends":\n"nativ"}`,
    /line 2, extends: "nativ" is unknown\. Did you m/,
  ],
  [
    "both ways",
    `{"extends": "native", "steps": []}`,
    /it has both extends and steps; one is/,
  ],
  [
    "a step without its name",
    `{"use": [\n{"after": "hash"}]}`,
    /line 2, use\[0\]: it needs "step"/,
  ],
  [
    "two places",
    `{"use": [{"step": "age", "after": "a", "before": "b"}]}`,
    /both before and after/,
  ],
  [
    "a place that is not there",
    `{"use": [\n  {"step": "age",\n   "after": "hsah"}]}`,
    /line 3, use\[0\]\.after: cannot put age after hsah: recipe my has no step "hsah"\. Did you/,
  ],
  [
    "an unknown step",
    `{"use": [{"step": "agee"}]}`,
    /use\[0\]\.step: .*Did you mean age\?/,
  ],
  [
    "a file that is not there",
    `{"steps": ["./gone.ts"]}`,
    /steps\[0\]: .*there is no such file/,
  ],
  [
    "a step left out that is not there",
    `{"without": ["fsk"]}`,
    /without\[0\]: .*Did you mean fsck/,
  ],
  [
    "an unknown option",
    `{"options": {"pack": {\n"lable": "x"}}}`,
    /line 2, options\.pack\.lable: "lable" is unknown\. Did you mean label/,
  ],
  [
    "an unknown option of a step put in",
    `{"use": [{"step": "age", "options": {"too": "x"}}]}`,
    /use\[0\]\.options\.too: cannot set age\.too: step age has no such option\. Did you mean to\?/,
  ],
  [
    "an unknown option of a listed step",
    `{"steps": ["scan", {"step": "pack", "options": {"lable": "x"}}]}`,
    /steps\[1\]\.options\.lable: cannot set pack\.lable: .* no such option\. Did you mean label\?$/,
  ],
  [
    "a value that is not a choice",
    `{"options": {"pack": {"times": "never"}}}`,
    /options\.pack\.times: expected one of mtime, all, not "never"/,
  ],
  [
    "a value of another type",
    `{"use": [{"step": "age", "options": {"to": 3}}]}`,
    /use\[0\]\.options\.to: cannot set age\.to to 3: expected a list/,
  ],
  [
    "a secret",
    `{"use": [{"step": "age", "options": {"key": "hunter2"}}]}`,
    /use\[0\]\.options\.key: a secret does not belong into a file .*ICECORE_AGE_KEY_FILE/,
  ],
  [
    "options of no step",
    `{"options": {"gorw": {}}}`,
    /options\.gorw: .*no(.|\n)*gorw/,
  ],
  [
    "two of one name",
    `{"use": [{"step": "age"}, {"step": "age"}]}`,
    /use\[1\]: cannot have two ste/,
  ],
];

for (const [what, text, says] of bad) {
  Deno.test(`a recipe file with ${what} is refused at its place`, async () => {
    await inLab(async (lab) => {
      const error = await load(lab, text).catch((error: unknown) => error);
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /hunter2/);
    });
  });
}

for (const recipe of [native, e2fsprogs]) {
  Deno.test(`the file that shows ${recipe.name} is that recipe again`, async () => {
    await inLab(async (lab) => {
      const shown = await load(
        lab,
        JSON.stringify(recipeDocument(recipe, "./s.json")),
      );
      assert.equal(shown.name, recipe.name);
      assert.deepEqual(shown.placed.map(({ step }) => step), recipe.steps);
    });
  });
}

Deno.test("an image by the file that shows native has the same digest", async () => {
  await inLab(async (lab) => {
    const shown = await load(
      lab,
      JSON.stringify(recipeDocument(native, "./s.json")),
    );
    const digests = await Promise.all(
      [shown, pipeline(recipes.native)].map(async (each, index) => {
        const output = lab.at(`out${index}.img`);
        return (await each.run({ sources: [lab.source], output })).image
          .digests["sha512"];
      }),
    );
    assert.equal(digests[0], digests[1]);
  });
});

Deno.test("a module is a recipe file as well: a recipe, or a pipeline with options", async () => {
  await inLab(async (lab) => {
    const recipe = put(
      lab,
      "recipe.ts",
      `import { type Recipe, recipes } from "icecore";
      const { steps } = recipes.native;
      export default { name: "short", summary: "", steps: steps.slice(0, 2) } satisfies Recipe;\n`,
    );
    assert.deepEqual((await loadRecipe(recipe)).names, ["scan", "pack"]);
    const made = put(
      lab,
      "pipeline.ts",
      `import { pipeline, recipes } from "icecore";
      export default pipeline(recipes.native).with("pack", { label: "x" });\n`,
    );
    assert.deepEqual((await loadRecipe(made)).placed[1]!.given, { label: "x" });
    await assert.rejects(
      loadRecipe(put(lab, "none.ts", "export default 1;\n")),
      {
        code: "bad-recipe",
        message:
          /its default export is not a recipe\. Export \{ name, summary, steps/,
      },
    );
    await assert.rejects(loadRecipe(lab.at("gone.json")), {
      code: "unknown-recipe",
    });
    await assert.rejects(loadRecipe(lab.folder), {
      code: "unknown-recipe",
      message: /it is a folder\. Name a recipe file in it\.$/,
    });
  });
});
