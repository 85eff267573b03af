import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { expectedByManifest, findWrong } from "../../../volumes/set/find_wrong.ts";
import { readManifest } from "../../../volumes/set/manifest.ts";
import { sealSet } from "../../../volumes/set/seal_set.ts";
import { buildAll, extractAll, imagesOf, planFolder } from "../../support/images/volume_trial.ts";
import { appearanceOf, STACK, withStack } from "../../support/mounts/mounted_stack.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;
const KiB = 1 << 10;

testWith(
  { ...STACK, root: true },
  "an extended plan keeps what is unchanged, stores little changes as layers, the rest anew",
  async () => {
    await inTemporaryFolder(async (folder) => {
      const source = `${folder}/source`;
      const to = `${folder}/to`;
      mkdirSync(to);
      for (const name of ["a", "b", "c", "d"]) {
        mkdirSync(`${source}/${name}/deep`, { recursive: true });
        for (let i = 0; i < 20; i++) {
          writeFileSync(`${source}/${name}/deep/${i}`, new Uint8Array(40 * KiB).fill(i));
        }
      }
      const first = await planFolder(source, `${folder}/one.plan`, MiB);
      assert.deepEqual(first.volumes.map(({ range }) => range!.from), ["", "b", "c", "d"]);
      await buildAll(`${folder}/one.plan`, to);

      // b: one is new, one is gone, one is altered. c: most are altered. d: outgrows its volume.
      writeFileSync(`${source}/b/deep/new`, "new");
      rmSync(`${source}/b/deep/7`);
      appendFileSync(`${source}/b/deep/8`, "more");
      for (let i = 0; i < 15; i++) appendFileSync(`${source}/c/deep/${i}`, "more");
      for (let i = 0; i < 20; i++) writeFileSync(`${source}/d/more-${i}`, new Uint8Array(40 * KiB));
      const since = `${folder}/one.plan`;
      const second = await planFolder(source, `${folder}/two.plan`, MiB, { since });
      const names = second.volumes.map(({ name, base, kept }) => ({ name, base, kept }));
      assert.deepEqual(names, [
        { name: "one-0000", base: undefined, kept: true },
        { name: "two.2-0001", base: "one-0001", kept: undefined },
        { name: "two.2-0002", base: undefined, kept: undefined },
        { name: "two.2-0003", base: undefined, kept: undefined },
        { name: "two.2-0004", base: undefined, kept: undefined },
      ]);
      assert.equal(second.header.since, first.digest);
      const built = await buildAll(`${folder}/two.plan`, to);
      assert.deepEqual(built.map(({ state }) => state), ["present", ...Array(4).fill("built")]);
      assert.ok(built[1]!.entry.sizeBytes < 200 * KiB);

      const expected = appearanceOf(source);
      await extractAll(second, to, `${folder}/extracted`);
      assert.deepEqual(appearanceOf(`${folder}/extracted`).slice(1), expected.slice(1));
      const images = imagesOf(second, to, [first]);
      assert.equal(images.length, 6);
      assert.deepEqual(await withStack(images, folder, (it) => appearanceOf(it)), expected);

      const sealed = await sealSet(second, to);
      assert.ok(sealed.isSealed);
      const manifest = (await readManifest(sealed.path))!;
      assert.equal(manifest.volumes.length, 6, "with the image that the layer lies on");
      const wrong = [];
      const expectedSet = expectedByManifest(manifest, second);
      const never = new AbortController().signal;
      for await (const each of findWrong(to, { ...expectedSet, name: "one" }, never)) {
        wrong.push(`${each.kind} ${each.file}`);
      }
      // The second plan has another name; those of the first are looked for by theirs.
      assert.deepEqual(wrong, ["superseded one-0002.img", "superseded one-0003.img"]);

      const third = await planFolder(source, `${folder}/three.plan`, MiB, {
        since: `${folder}/two.plan`,
      });
      assert.ok(third.volumes.every(({ kept }) => kept === true));
      const others = await planFolder(source, `${folder}/four.plan`, MiB, {
        since: `${folder}/two.plan`,
        options: { exclude: [], oneFileSystem: false, times: "all" },
      });
      assert.ok(others.volumes.every(({ kept, base }) => kept === undefined && base === undefined));
    });
  },
);
