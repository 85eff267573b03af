import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { withProblems } from "../../pipeline/image.ts";
import notify from "../../plugins/notify.ts";
import { build, inPlace, type Used } from "./building.ts";
import { failing } from "./neighbours.ts";

const lossy: Used = [{
  name: "lossy",
  run: (image) =>
    withProblems(image, [{
      kind: "unreadable",
      path: "/x",
      reason: "it was not read",
    }]),
}];

Deno.test("failure-or-loss is notified of losses and failures, and of nothing else", async () => {
  await inPlace(async (place) => {
    const reported = `${place.folder}/reported`;
    const used: Used = [notify, {
      command: ["tee", reported],
      on: "failure-or-loss",
    }];
    const force = { force: true };
    await build(place, [used], "stream", force);
    assert.ok(!existsSync(reported));
    await build(place, [lossy, used], "stream", force);
    assert.equal(JSON.parse(readFileSync(reported, "utf8")).lossy, true);
    rmSync(reported);
    await assert.rejects(build(place, [[failing], used], "stream", force));
    assert.equal(JSON.parse(readFileSync(reported, "utf8")).status, "failed");
  });
});
