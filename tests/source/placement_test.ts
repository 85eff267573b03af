import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { checkOutputOutside, placeSources } from "../../source/placement.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { scan } from "./scanning.ts";

Deno.test("a source lies under its own name, SOURCE/. at the root", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/a/inner`, { recursive: true });
    mkdirSync(`${folder}/b`);
    writeFileSync(`${folder}/a/inner/f`, "");
    writeFileSync(`${folder}/b/g`, "");
    assert.deepEqual((await scan([`${folder}/a`])).names, ["a", "a/inner", "a/inner/f"]);
    assert.deepEqual((await scan([`${folder}/a/`])).names, ["a", "a/inner", "a/inner/f"]);
    assert.deepEqual((await scan([`${folder}/a/.`])).names, ["inner", "inner/f"]);
    const both = await scan([`${folder}/b`, `${folder}/a`]);
    assert.deepEqual(both.names, ["a", "a/inner", "a/inner/f", "b", "b/g"]);
    const mixed = await scan([`${folder}/a/.`, `${folder}/b`]);
    assert.deepEqual(mixed.names, ["b", "b/g", "inner", "inner/f"]);
  });
});

Deno.test("sources that would have the same place are refused", async () => {
  await inTemporaryFolder((folder) => {
    for (const path of ["a/x", "b/x", "c/x"]) mkdirSync(`${folder}/${path}`, { recursive: true });
    const at = (path: string) => `${folder}/${path}`;
    for (
      const sources of [[at("a/x"), at("b/x")], [at("a/."), at("b/.")], [at("a/."), at("b/x")]]
    ) {
      assert.throws(() => placeSources(sources), { name: "UsageError", code: "source-clash" });
    }
    assert.throws(() => placeSources([]), { name: "UsageError" });
  });
});

Deno.test("a symbolic link as a source is followed; one within is stored", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/true`);
    symlinkSync("../outside", `${folder}/true/link`);
    symlinkSync("true", `${folder}/alias`);
    const { names, tree, inode } = await scan([`${folder}/alias`]);
    assert.deepEqual(names, ["alias", "alias/link"]);
    assert.equal(tree.sizeBytes[inode("alias/link")], "../outside".length);
  });
});

Deno.test("a source that is a file is refused as one, however it is written", () =>
  inTemporaryFolder((folder) => {
    writeFileSync(`${folder}/one`, "");
    for (const source of ["one", "one/.", "one/"]) {
      assert.throws(() => placeSources([`${folder}/${source}`]), {
        code: "source-not-folder",
        message: `cannot read ${folder}/one: it is not a folder. Name the folder it lies in.`,
      });
    }
    for (const source of ["none", "none/.", "one/x/."]) {
      assert.throws(() => placeSources([`${folder}/${source}`]), { code: "source-missing" });
    }
  }));

Deno.test("an output within a source is found, whatever way leads to it", () =>
  inTemporaryFolder((folder) => {
    mkdirSync(`${folder}/source/deep/er`, { recursive: true });
    mkdirSync(`${folder}/source-too`);
    symlinkSync("source/deep/er", `${folder}/link`);
    symlinkSync("source", `${folder}/alias`);
    const check = (source: string, output: string) =>
      checkOutputOutside([`${folder}/${source}`], `${folder}/${output}`, false);
    for (const source of ["source", "source/.", "alias", "alias/."]) {
      for (const output of ["source/x", "source/deep/er/x", "link/x", "alias/x"]) {
        assert.throws(() => check(source, output), { code: "output-in-source" });
      }
      for (const output of ["x", "source-too/x", "source/none/x"]) check(source, output);
    }
    // In what is left out it is outside.
    const leavingOut = (pattern: string) =>
      checkOutputOutside([`${folder}/source`], `${folder}/source/deep/er/x`, false, [pattern]);
    for (const pattern of ["deep", "er/", "deep/er", "/deep", "d*"]) leavingOut(pattern);
    for (const pattern of ["x", "/er", "deep/x", "source"]) {
      assert.throws(() => leavingOut(pattern), { code: "output-in-source" }, pattern);
    }
    assert.throws(() => checkOutputOutside(["/"], `${folder}/x`, false), {
      message: /it lies within the source \/ and/,
    });
  }));
