import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { loadRecipe, loadStep, UsageError } from "../../mod.ts";
import { icecore, inLab, type Lab } from "../faults/lab.ts";
import { testWith } from "../support/programs/requirements.ts";
import { put } from "./attempt.ts";

/** A module that leaves a trace when it is loaded. */
const traced = (lab: Lab, rest: string): string =>
  `import { writeFileSync } from "node:fs";\nwriteFileSync(${
    JSON.stringify(lab.at("ran"))
  }, "");\nexport default ${rest};\n`;

const step = '{ name: "named", after: "hash", run() {} }';

/** Recipes, and the file of each that somebody else wrote. */
const kinds: Readonly<Record<string, (lab: Lab) => { recipe: string; foreign: string }>> = {
  "a recipe file": (lab) => {
    const recipe = put(lab, "my.json", '{ "use": [{ "step": "./named.ts" }] }');
    put(lab, "named.ts", traced(lab, step));
    return { recipe, foreign: recipe };
  },
  "a module as a recipe": (lab) => {
    const recipe = put(lab, "my.ts", traced(lab, `{ name: "x", summary: "", steps: [${step}] }`));
    return { recipe, foreign: recipe };
  },
  "a module that a recipe names": (lab) => ({
    recipe: put(lab, "my.json", '{ "use": [{ "step": "./named.ts" }] }'),
    foreign: put(lab, "named.ts", traced(lab, step)),
  }),
  "a script that a recipe names": (lab) => ({
    recipe: put(lab, "my.json", '{ "use": [{ "step": "./named.sh" }] }'),
    foreign: put(lab, "named.sh", "#!/bin/sh\n"),
  }),
  "a zx script that a recipe names": (lab) => ({
    recipe: put(lab, "my.json", '{ "steps": ["scan", "pack", { "step": "./named.zx.mjs" }] }'),
    foreign: put(lab, "named.zx.mjs", ""),
  }),
};

/** How others come to write to a file; what is then said. */
const hands: readonly (readonly [what: string, give: (path: string) => void, says: RegExp])[] = [
  ["of another user", (path) => chownSync(path, 12345, 12345), /it belongs to user 12345, and/],
  ["that all may write", (path) => chmodSync(path, 0o757), /everybody may write to it, and/],
  [
    "that is a link to somebody else's",
    (path) => {
      const other = path.replace(/\.(\w+)$/, "-other.$1");
      renameSync(path, other);
      symlinkSync(other, path);
      chownSync(other, 12345, 12345);
    },
    /it belongs to user 12345, and/,
  ],
  [
    "in a folder that all may write",
    (path) => chmodSync(path.slice(0, path.lastIndexOf("/")), 0o777),
    /everybody may write to the folder \/.*, and/,
  ],
];

for (const [kind, make] of Object.entries(kinds)) {
  for (const [what, give, says] of hands) {
    testWith({ root: true }, `${kind}, ${what}, is refused unless it is trusted`, async () => {
      await inLab(async (lab) => {
        const { recipe, foreign } = make(lab);
        give(foreign);
        await assert.rejects(loadRecipe(recipe), (error) => {
          assert.ok(error instanceof UsageError && error.code === "untrusted");
          assert.match(error.message, says);
          assert.match(error.message, /make it your own, or say that you trust it\.$/);
          return true;
        });
        assert.ok(!existsSync(lab.at("ran")), "nothing was run");
        await loadRecipe(recipe, { trust: true });
      });
    });
  }

  Deno.test(`${kind}, of this user and in a folder with the sticky bit, is taken`, async () => {
    await inLab(async (lab) => {
      const { recipe } = make(lab);
      chmodSync(lab.folder, 0o1777);
      await loadRecipe(recipe);
    });
  });
}

testWith({ root: true }, "what the command line names is taken, whoever wrote it", async () => {
  await inLab(async (lab) => {
    const path = put(lab, "named.sh", "#!/bin/sh\n");
    chownSync(path, 12345, 12345);
    assert.equal((await loadStep(path)).name, "named");
  });
});

testWith(
  { root: true },
  "a dry run says what it loads, and runs nothing that is untrusted",
  async () => {
    await inLab(async (lab) => {
      mkdirSync(lab.at("its"));
      writeFileSync(lab.at("its/named.ts"), traced(lab, step));
      put(lab, "named.sh", `#!/bin/sh\ntouch ${lab.at("script-ran")}\n`);
      const use = [{ step: "./its/named.ts" }, { step: "./named.sh", name: "script" }];
      put(lab, "my.json", JSON.stringify({ use }));
      chownSync(lab.at("its/named.ts"), 12345, 12345);
      const args = ["build", "source", "-o", "out.img", "--dry-run", "--recipe", "./my.json"];
      const refused = await icecore(lab, args);
      assert.equal(refused.code, 2, refused.stderr);
      assert.match(refused.stderr, /my\.json, line 1, use\[0\]\.step: .* user 12345/);
      assert.ok(!existsSync(lab.at("ran")));

      const { code, stdout, stderr } = await icecore(lab, [...args, "--trust"]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Would build .*, by the recipe \.\/my\.json:$/m);
      assert.match(stdout, /^ +module: .*\/its\/named\.ts, run to load it$/m);
      assert.match(stdout, /^ +program: .*\/named\.sh, not run to load it$/m);
      assert.ok(existsSync(lab.at("ran")) && !existsSync(lab.at("script-ran")));
    });
  },
);
