import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { pipelineOf } from "../../cli/building/build_request.ts";
import type { BuildValues } from "../../cli/building/build_values.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** Builds `source`, in which there are a.txt, b.tmp and c.log, and lists what the image has. */
async function stored(folder: string, args: readonly string[]): Promise<string[]> {
  mkdirSync(`${folder}/source`, { recursive: true });
  for (const name of ["a.txt", "b.tmp", "c.log"]) writeFileSync(`${folder}/source/${name}`, name);
  const built = await icecore(["build", "source/.", "-o", "i.img", "--force", ...args], {
    cwd: folder,
  });
  assert.equal(built.code, 0, built.stderr);
  return await namesIn("i.img", folder);
}

async function namesIn(image: string, folder: string): Promise<string[]> {
  const names = (await icecoreOutput(["ls", image], folder)).trim().split("\n");
  return names.filter((name) => name !== "lost+found");
}

function recipeFile(folder: string, scan: Readonly<Record<string, unknown>>): void {
  writeFileSync(`${folder}/r.json`, JSON.stringify({ extends: "native", options: { scan } }));
}

Deno.test("what a recipe leaves out stays left out, with further --exclude and without", async () => {
  await inTemporaryFolder(async (folder) => {
    recipeFile(folder, { exclude: ["*.tmp"] });
    const recipe = ["--recipe", "r.json"];
    assert.deepEqual(await stored(folder, recipe), ["a.txt", "c.log"]);
    assert.deepEqual(await stored(folder, [...recipe, "--exclude", "*.log"]), ["a.txt"]);
  });
});

Deno.test("a recipe's oneFileSystem counts without the flag", async () => {
  await inTemporaryFolder(async (folder) => {
    recipeFile(folder, { oneFileSystem: true });
    const lists = {
      sources: ["/srv"],
      exclude: [],
      excludeFrom: [],
      use: [],
      set: [],
      without: [],
      base: [],
    };
    const values = { command: "build", recipe: `${folder}/r.json`, ...lists } as unknown;
    const { placed } = await pipelineOf(values as BuildValues);
    assert.deepEqual(placed.find(({ step }) => step.name === "scan")?.given, {
      oneFileSystem: true,
    });
  });
});

Deno.test("./ means the contents, as for cp -r", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/photos/inner`, { recursive: true });
    writeFileSync(`${folder}/photos/inner/one`, "");
    const inside = `${folder}/photos`;
    for (const [i, source] of [".", "./", "../photos/.", "inner/.."].entries()) {
      const args = ["build", source, "-o", `../${i}.img`];
      const { code, stderr } = await icecore(args, { cwd: inside });
      assert.equal(code, 0, stderr);
      assert.deepEqual(await namesIn(`../${i}.img`, inside), ["inner"], source);
    }
  });
});
