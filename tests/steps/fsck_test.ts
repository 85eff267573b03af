import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { type BuildEvent, pipeline, recipes } from "../../mod.ts";
import { assertNothingBuilt, inLab, type Lab } from "../faults/lab.ts";
import { setEnvironment } from "../support/programs/environment.ts";

/** So many that the checker has to look more than a moment. */
function addFolders(lab: Lab): void {
  for (let i = 0; i < 15_000; i++) mkdirSync(lab.at(`source/${i}`));
  writeFileSync(lab.at("source/last"), "last");
}

async function build(
  lab: Lab,
  signal: AbortSignal,
  emit: (event: BuildEvent) => void,
): Promise<void> {
  using _environment = setEnvironment({ TMPDIR: lab.temporary });
  await pipeline(recipes.native).with("fsck", { checker: "own" })
    .run({ sources: [lab.source], output: lab.image, signal, emit });
}

Deno.test("our own checker reports how far it is, and an abort ends it", async () => {
  await inLab(async (lab) => {
    addFolders(lab);
    const stop = new AbortController();
    const seen: number[] = [];
    const finished: string[] = [];
    const building = build(lab, stop.signal, (event) => {
      if (event.type === "step-finished") finished.push(event.step);
      if (event.type !== "progress" || event.step !== "fsck") return;
      seen.push(event.done);
      stop.abort();
    });
    await assert.rejects(building, { name: "InterruptedError" });
    assert.equal(seen.length, 1, "it went on after the abort");
    assert.ok(seen[0]! > 0);
    assert.deepEqual(finished, ["scan", "pack"]);
    await assertNothingBuilt(lab);
  });
});

Deno.test("e2fsck that is asked for and not installed is a fault of the machine", async () => {
  await inLab(async (lab) => {
    using _environment = setEnvironment({ PATH: lab.at("bin"), TMPDIR: lab.temporary });
    const building = pipeline(recipes.native).with("fsck", { checker: "e2fsck" })
      .run({ sources: [lab.source], output: lab.image });
    await assert.rejects(building, {
      name: "EnvironmentError",
      code: "missing-program",
      message: /^cannot check with e2fsck: it is not in PATH\. Install it with: /,
    });
    await assertNothingBuilt(lab);
  });
});
