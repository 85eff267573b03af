import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { pipeline, recipes, since } from "../../../mod.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MIB = 2 ** 20;

/** As many bytes allocated as it has: what a hole saves is taken behind the end. */
function makeFile(path: string): void {
  const file = openSync(path, "w");
  writeSync(file, new Uint8Array(MIB).fill(1), 0, MIB, 0);
  writeSync(file, new Uint8Array(MIB).fill(1), 0, MIB, 3 * MIB);
  ftruncateSync(file, 4 * MIB);
  closeSync(file);
  const words = ["--keep-size", "--offset", `${4 * MIB}`, "--length", `${2 * MIB}`, path];
  assert.equal(spawnSync("fallocate", words).status, 0);
}

Deno.test("a hole that a file's allocation hides is found in what a layer stores", async (t) => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(source);
    const build = async (image: string, base?: string) => {
      const plain = pipeline(recipes.native).with("scan", { holes: "likely" });
      const steps = base === undefined ? plain : plain.use(since, { base });
      await steps.run({ sources: [`${source}/.`], output: image });
    };
    await build(`${folder}/0.img`);
    makeFile(`${source}/f`);
    const { blocks, size } = statSync(`${source}/f`);
    await t.step({
      name: "the file system keeps what is allocated behind the end",
      ignore: blocks * 512 < size,
      async fn() {
        await build(`${folder}/1.img`, `${folder}/0.img`);
        await using image = await openImage(`${folder}/1.img`);
        const ranges: number[][] = [];
        for await (
          const { startBytes, endBytes } of (await image.openFile("f"))
            .dataRanges()
        ) {
          ranges.push([startBytes, endBytes]);
        }
        assert.deepEqual(ranges, [[0, MIB], [3 * MIB, 4 * MIB]]);
      },
    });
  });
});
