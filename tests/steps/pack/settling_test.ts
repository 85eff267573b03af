import assert from "node:assert/strict";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { pipeline, recipes, type Step } from "../../../mod.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** What a file system that keeps whole seconds may keep of them. */
const GRAIN_MS = 2000;

Deno.test("a file is opened only when its last change lies further back than the clock's grain", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    for (const name of ["a", "b"]) {
      writeFileSync(`${folder}/source/${name}`, name);
      utimesSync(`${folder}/source/${name}`, 1_600_000_000, 1_600_000_000);
    }
    let changedSeconds = 0;
    const openedMs: number[] = [];
    // As if both files were changed in this very second, after they were scanned.
    const changing: Step = {
      name: "changing",
      after: "scan",
      run(_image, { source, provideSource }) {
        changedSeconds = Math.floor(Date.now() / 1000);
        const { countInodes } = source!.tree;
        provideSource({
          ...source!,
          ctime: {
            seconds: new Float64Array(countInodes).fill(changedSeconds),
            nanoseconds: new Uint32Array(countInodes),
          },
          atOnce: {
            ...source!.atOnce!,
            open(inode) {
              openedMs.push(Date.now());
              return source!.atOnce!.open(inode);
            },
          },
        });
      },
    };
    const { image } = await pipeline(recipes.native).use(changing).run({
      sources: [`${folder}/source`],
      output: `${folder}/x.img`,
    });
    assert.equal(openedMs.length, 2);
    assert.ok(Math.min(...openedMs) >= changedSeconds * 1000 + GRAIN_MS);
    assert.deepEqual(image.report.problems.map(({ kind }) => kind), ["changed", "changed"]);
  });
});
