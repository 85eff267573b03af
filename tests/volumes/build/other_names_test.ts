import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mergePlans } from "../../../volumes/plan/merge_plans.ts";
import { buildOne, planFolder } from "../../support/images/volume_trial.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a list of names that is of another plan, altered or cut short is noticed", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["source", "other", "to"]) mkdirSync(`${folder}/${name}`);
    for (let i = 0; i < 4; i++) {
      writeFileSync(`${folder}/source/a${i}`, new Uint8Array(600_000));
      writeFileSync(`${folder}/other/b${i}`, new Uint8Array(600_000));
    }
    const path = `${folder}/t.plan`;
    const { volumes } = await planFolder(`${folder}/source`, path, 1 << 20);
    await planFolder(`${folder}/other`, `${folder}/o.plan`, 1 << 20);
    const refused = { code: "other-names", message: /t\.plan\.names: its names of t-0000 are not/ };
    const sound = readFileSync(`${path}.names`);
    copyFileSync(`${folder}/o.plan.names`, `${path}.names`);
    await assert.rejects(buildOne(path, 0, `${folder}/to`), refused);
    const altered = Uint8Array.from(sound);
    altered[20]! ^= 1;
    writeFileSync(`${path}.names`, altered);
    await assert.rejects(buildOne(path, 0, `${folder}/to`), refused);
    const never = new AbortController().signal;
    const merging = { output: `${folder}/merged.plan`, force: false, signal: never };
    await assert.rejects(mergePlans([path], merging), refused);
    writeFileSync(`${folder}/source/a0`, "changed");
    const more = { since: path };
    await assert.rejects(
      planFolder(`${folder}/source`, `${folder}/n.plan`, 1 << 20, more),
      refused,
    );
    writeFileSync(`${path}.names`, sound.subarray(0, -1));
    await assert.rejects(buildOne(path, volumes.length - 1, `${folder}/to`), {
      code: "other-names",
    });
    assert.equal((await buildOne(path, 0, `${folder}/to`)).state, "built");
    rmSync(`${path}.names`);
    assert.equal((await buildOne(path, 1, `${folder}/to`)).state, "built");
  });
});
