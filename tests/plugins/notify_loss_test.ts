import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { withProblems } from "../../pipeline/image.ts";
import notify from "../../plugins/notify.ts";
import { build, inPlace, type Used } from "./building.ts";
import { failing } from "./neighbours.ts";

const lossy: Used = [{
  name: "lossy",
  run: (image) =>
    withProblems(image, [{ kind: "unreadable", path: "/x", reason: "it was not read" }]),
}];

Deno.test("failure-or-loss is told of losses and failures, and of nothing else", async () => {
  await inPlace(async (place) => {
    const told = `${place.folder}/told`;
    const used: Used = [notify, { command: ["tee", told], on: "failure-or-loss" }];
    const force = { force: true };
    await build(place, [used], "stream", force);
    assert.ok(!existsSync(told));
    await build(place, [lossy, used], "stream", force);
    assert.equal(JSON.parse(readFileSync(told, "utf8")).lossy, true);
    rmSync(told);
    await assert.rejects(build(place, [[failing], used], "stream", force));
    assert.equal(JSON.parse(readFileSync(told, "utf8")).status, "failed");
  });
});
