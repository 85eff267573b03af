import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { readPlan } from "../../../volumes/plan/read_plan.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { planFolder } from "../../support/volume_trial.ts";

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
