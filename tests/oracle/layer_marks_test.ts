import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { fill, trial } from "../support/images/layer_trial.ts";
import { assertStackShows, buildImage, STACK, withStack } from "../support/mounts/mounted_stack.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

testWith(STACK, "overlayfs' attributes in the source are shown as they are there", async () => {
  const set = (path: string, name: string, value = "y") =>
    output("setfattr", ["-n", name, "-v", value, path]);
  const { names } = await trial((source) => {
    fill(source);
    set(`${source}/a`, "trusted.overlay.opaque");
    set(`${source}/a/one`, "trusted.overlay.metacopy");
    set(`${source}/other`, "trusted.overlay.overlay.redirect", "/a");
    set(source, "trusted.overlay.opaque", "x");
  }, [
    () => {},
    (source) => {
      set(`${source}/a/b`, "trusted.overlay.redirect", "/other");
      writeFileSync(`${source}/a/b/two`, "2");
    },
    () => {},
  ]);
  // What the full image cannot show as the lowest of a stack is stored once.
  assert.deepEqual(names, [["a", "a/one", "other"], ["a", "a/b", "a/b/two"], []]);
});

testWith(STACK, "a device 0/0 is left out and named, and hides what was there", async () => {
  const { names, problems } = await trial(fill, [
    (source) => output("mknod", [`${source}/new`, "c", "0", "0"]),
    (source) => {
      unlinkSync(`${source}/a/one`);
      output("mknod", [`${source}/a/one`, "c", "0", "0"]);
    },
  ]);
  assert.deepEqual(names, [[], ["-a/one", "a"]]);
  assert.deepEqual(problems, ["unsupported /new", "unsupported /new", "unsupported /a/one"]);
});

testWith(STACK, "what lay in lost+found is gone from the stack when it is gone", async () => {
  const { names } = await trial((source) => {
    mkdirSync(`${source}/lost+found`);
    writeFileSync(`${source}/lost+found/#12`, "found");
    mkdirSync(`${source}/lost+found/dir`);
  }, [(source) => rmSync(`${source}/lost+found`, { recursive: true }), () => {}]);
  assert.deepEqual(names, [["-lost+found/#12", "-lost+found/dir"], []]);
});

testWith(STACK, "lost+found of the source keeps its metadata in every layer", async () => {
  const { names } = await trial((source) => {
    mkdirSync(`${source}/lost+found`);
    chmodSync(`${source}/lost+found`, 0o755);
    writeFileSync(`${source}/lost+found/#12`, "found");
  }, [(source) => writeFileSync(`${source}/x`, "x")]);
  assert.deepEqual(names, [["x"]]);
});

testWith(STACK, "who mounts a stack without its trusted marks sees the same names", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(`${source}/d`, { recursive: true });
    writeFileSync(`${source}/d/old`, "old");
    await buildImage(source, `${folder}/0.img`);
    rmSync(`${source}/d`, { recursive: true });
    writeFileSync(`${source}/d`, "file");
    await buildImage(source, `${folder}/1.img`, { base: `${folder}/0.img` });
    rmSync(`${source}/d`);
    mkdirSync(`${source}/d`);
    writeFileSync(`${source}/d/new`, "new");
    await buildImage(source, `${folder}/2.img`, { base: `${folder}/1.img` });
    const images = [2, 1, 0].map((i) => `${folder}/${i}.img`);
    await assertStackShows(images, source, folder);
    // With this option overlayfs looks for its marks elsewhere, as it does for who is not root.
    await withStack(images, folder, (merged) => {
      assert.equal(readFileSync(`${merged}/d/new`, "utf8"), "new");
      assert.throws(() => readFileSync(`${merged}/d/old`), { code: "ENOENT" });
    }, ",userxattr");
  });
});
