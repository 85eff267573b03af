import assert from "node:assert/strict";
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { buildAll, movedIn, planFolder } from "../../support/images/volume_trial.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;

Deno.test("a moved name that became a folder is stored with what it holds, once", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    for (const name of ["a", "b"]) {
      mkdirSync(`${source}/${name}`, { recursive: true });
      for (let i = 0; i < 20; i++) writeFileSync(`${source}/${name}/${i}`, new Uint8Array(40_000));
    }
    writeFileSync(`${source}/a/large`, new Uint8Array(2 * MiB));
    linkSync(`${source}/a/1`, `${source}/b/linked`);
    mkdirSync(`${folder}/to`);
    await planFolder(source, `${folder}/t.plan`, MiB);
    const moved = await movedIn(`${folder}/t.plan`);
    assert.deepEqual(moved.map(({ why }) => why).sort(), ["large", "link"]);

    for (const name of ["a/large", "b/linked"]) {
      rmSync(`${source}/${name}`);
      mkdirSync(`${source}/${name}/deep`, { recursive: true });
      writeFileSync(`${source}/${name}/deep/file`, name);
    }
    const found: string[] = [];
    for (const { entry } of await buildAll(`${folder}/t.plan`, `${folder}/to`)) {
      await using image = await openImage(`${folder}/to/${entry.file}`);
      for await (const { pathText } of image.walk()) found.push(pathText);
    }
    for (const name of ["a/large", "b/linked"]) {
      const within = found.filter((path) => path.startsWith(name)).sort();
      assert.deepEqual(within, [name, `${name}/deep`, `${name}/deep/file`]);
    }
  });
});
