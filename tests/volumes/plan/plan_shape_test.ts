import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import type { MovedNames, Plan } from "../../../volumes/plan/plan.ts";
import { readPlan } from "../../../volumes/plan/read_plan.ts";
import { writePlan } from "../../../volumes/plan/write_plan.ts";
import { planFolder } from "../../support/images/volume_trial.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** Values that no field of a plan has, or not as it stands there. */
const STRANGE = [null, -1, 1.5, 2 ** 60, "\ud800", "../x", {}, [], [[]], true, undefined];

Deno.test("a plan with a right digest and wrong lines is refused, field by field", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    writeFileSync(`${folder}/source/a`, "a");
    const path = `${folder}/t.plan`;
    const plan = await planFolder(`${folder}/source`, path, 1 << 20);
    const read = async (
      { header, volumes }: Pick<Plan, "header" | "volumes">,
      ...moved: MovedNames[]
    ) => {
      const file = await Deno.open(path, { write: true, truncate: true });
      await writePlan(
        file.writable,
        { header, volumes },
        (async function* () {
          yield* moved;
        })(),
      );
      return await readPlan(path);
    };
    const { header } = plan;
    const [volume] = plan.volumes as [Plan["volumes"][number]];
    const moved: MovedNames = {
      type: "moved",
      folder: "",
      names: ["a"],
      from: 0,
      to: 0,
      why: "link",
    };
    await read(plan, moved);
    // Whatever else stands there: no other error than that it is no plan, or none.
    for (const strange of STRANGE) {
      const altered = <T extends object>(line: T) =>
        Object.keys(line).map((field) => ({ ...line, [field]: strange }) as T);
      for (const line of altered(header)) {
        await refusedOrRead(read({ header: line, volumes: [volume] }));
      }
      for (const line of altered(volume)) await refusedOrRead(read({ header, volumes: [line] }));
      for (const line of altered(moved)) await refusedOrRead(read(plan, line));
    }
    const refused = (wrong: object, what: RegExp) =>
      assert.rejects(read({ header, volumes: [{ ...volume, ...wrong }] }), {
        code: "bad-plan",
        message: what,
      });
    await refused({ names: [5, 1] }, /a volume does not say what it should as "names"/);
    await refused({ names: [0, 2 ** 60] }, /"names"/);
    await refused({ range: undefined }, /"range"/);
    await refused({ host: "a b" }, /"host"/);
    await assert.rejects(read(plan, { ...moved, to: 1 }), /moved names .* "to"/);
    const source = { ...header.sources[0]!, path: "relative" };
    const elsewhere = { ...header, sources: [source] };
    await assert.rejects(read({ header: elsewhere, volumes: [volume] }), /first line .* "sources"/);
    const later = { ...header, version: 2 };
    await assert.rejects(read({ header: later, volumes: [volume] }), /version 2, and .* knows 1/);
  });
});

async function refusedOrRead(reading: Promise<Plan>): Promise<void> {
  await reading.catch((error) => {
    assert.ok(error.code === "bad-plan" || /writePlan/.test(error.stack), error.stack);
  });
}
