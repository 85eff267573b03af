import assert from "node:assert/strict";
import { isQueueJob } from "../../../volumes/queue/jobs.ts";

Deno.test("a job that volume submit has not made is no reason to start a program", () => {
  const digest = "0".repeat(64);
  const volume = { type: "volume", plan: "/p.plan", digest, to: "/out", index: 3 };
  const set = { type: "set", plan: "/p.plan", digest, to: "/out", countVolumes: 4 };
  assert.ok(isQueueJob(volume) && isQueueJob(set));
  const strange = [
    null,
    "volume",
    {},
    { ...volume, plan: "--use=/tmp/evil.ts" },
    { ...volume, plan: ["/p.plan"] },
    { ...volume, to: "relative" },
    { ...volume, to: "/out\0" },
    { ...volume, index: "3 --force" },
    { ...volume, index: -1 },
    { ...volume, digest: "" },
    { ...set, type: "other" },
    { ...set, digest: undefined },
  ];
  for (const each of strange) assert.ok(!isQueueJob(each), JSON.stringify(each));
});
