import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import type { Plan } from "../../../volumes/plan/plan.ts";
import { readPlan } from "../../../volumes/plan/read_plan.ts";
import { writePlan } from "../../../volumes/plan/write_plan.ts";
import { planFolder } from "../../support/images/volume_trial.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a plan that was altered in any byte, cut short or continued is refused", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    for (let i = 0; i < 4; i++) writeFileSync(`${folder}/source/${i}`, new Uint8Array(600_000));
    const path = `${folder}/t.plan`;
    const plan = await planFolder(`${folder}/source`, path, 1 << 20);
    assert.deepEqual(await readPlan(path), plan);
    const sound = readFileSync(path);
    const lines = sound.toString().trim().split("\n");
    for (let at = 0; at < sound.length; at += 7) {
      const altered = Uint8Array.from(sound);
      altered[at]! ^= 1;
      writeFileSync(path, altered);
      await assert.rejects(readPlan(path), { code: "bad-plan" }, `byte ${at}`);
    }
    for (const wrong of [lines.slice(0, -1), lines.slice(1), [lines[0]!, ...lines.slice(2)]]) {
      writeFileSync(path, wrong.join("\n") + "\n");
      await assert.rejects(readPlan(path), { code: "bad-plan" });
    }
    writeFileSync(path, sound);
    truncateSync(path, sound.length - 1);
    await assert.rejects(readPlan(path), { code: "bad-plan" });
    appendFileSync(path, "\n{}\n");
    await assert.rejects(readPlan(path), { code: "bad-plan" });
    writeFileSync(path, "");
    await assert.rejects(readPlan(path), { code: "bad-plan" });
    await assert.rejects(readPlan(`${folder}/none`), { code: "no-such-file" });
    await assert.rejects(readPlan(folder), { code: "no-such-file" });
  });
});

Deno.test("a plan whose volumes would lie outside their folder is refused", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    const path = `${folder}/t.plan`;
    const plan = await planFolder(`${folder}/source`, path, 1 << 20);
    const rewritten = async ({ header, volumes }: Pick<Plan, "header" | "volumes">) => {
      const file = await Deno.open(path, { write: true, truncate: true });
      await writePlan(file.writable, { header, volumes }, (async function* () {})());
      return await readPlan(path);
    };
    assert.deepEqual((await rewritten(plan)).volumes, plan.volumes);
    const [volume] = plan.volumes;
    for (const name of ["../t-0000", "/t-0000", ".", "", "a/../b"]) {
      const { header } = plan;
      const refused = { code: "bad-plan", message: /it names a volume/ };
      await assert.rejects(rewritten({ header, volumes: [{ ...volume!, name }] }), refused);
      await assert.rejects(rewritten({ header, volumes: [{ ...volume!, base: name }] }), refused);
      const named = { ...plan, header: { ...header, name } };
      await assert.rejects(rewritten(named), refused);
    }
  });
});
