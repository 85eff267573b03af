import assert from "node:assert/strict";
import { resolve } from "node:path";
import { mountImage } from "../../image/mount_image.ts";
import { unmountImage } from "../../image/unmount_image.ts";
import {
  absoluteSource,
  folderOf,
  isContents,
} from "../../pipeline/source_path.ts";
import { pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

Deno.test("a path means contents as it does for cp -r", () => {
  const contents = [
    ".",
    "./",
    "./.",
    "/.",
    "a/.",
    "a/./",
    "a/.//",
    "..",
    "../",
    "a/..",
  ];
  for (const path of contents) assert.equal(isContents(path), true, path);
  for (
    const path of ["a", "a/", "/", "a.", "a/b.", "...", ".a", "a/...", "./a"]
  ) {
    assert.equal(isContents(path), false, path);
  }
});

Deno.test("an absolute source means what the relative one did", () => {
  const here = resolve(".");
  assert.deepEqual(
    ["a", "a/", "./a", "a/./", "./", "/", "/.", "a/.."].map(absoluteSource),
    [
      `${here}/a`,
      `${here}/a`,
      `${here}/a`,
      `${here}/a/.`,
      `${here}/.`,
      "/",
      "/.",
      `${here}/.`,
    ],
  );
});

Deno.test("the folder of a source has no slash at its end", () => {
  assert.deepEqual(
    ["a", "a/", "a/.", "a/.//", "/", "/.", "/a/b/."].map(folderOf),
    [
      "a",
      "a",
      "a",
      "a",
      "",
      "",
      "/a/b",
    ],
  );
});

Deno.test("steps receive absolute paths, whatever the build was asked for", async () => {
  const seen: unknown[] = [];
  const look = step("look", {
    check: ({ sources, output }) => void seen.push(sources, output),
  });
  const request = { ...REQUEST, sources: ["photos/."], output: "core.img" };
  await pipelineOf([look, seal]).run(request);
  const plan = await pipelineOf([look, seal]).dryRun(request);
  const [sources, output] = [[resolve("photos") + "/."], resolve("core.img")];
  assert.deepEqual(seen, [sources, output, sources, output]);
  assert.deepEqual([plan.sources, plan.output], [sources, output]);
});

Deno.test("an empty path is not a path: neither a source, nor an output, nor a folder", async () => {
  const empty = { name: "UsageError", code: "empty-path" };
  assert.throws(() => absoluteSource(""), empty);
  for (const part of [{ sources: [""] }, { output: "" }]) {
    await assert.rejects(
      async () => await pipelineOf([seal]).run({ ...REQUEST, ...part }),
      empty,
    );
  }
  await assert.rejects(mountImage("x.img", ""), empty);
  await assert.rejects(unmountImage(""), empty);
});
