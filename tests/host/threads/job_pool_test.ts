import assert from "node:assert/strict";
import {
  JOB_BYTES,
  JobGiver,
  makeJobMemory,
  MOST_JOBS,
  takeJobs,
} from "../../../host/threads/job_pool.ts";

Deno.test("each job is taken once, and its buffer is free when it is done", () => {
  const memory = makeJobMemory();
  const giver = new JobGiver(memory);
  for (let i = 1; i <= 3; i++) {
    const { index, buffer } = giver.free()!;
    buffer.fill(i, 0, i);
    giver.give(index, i);
  }
  const first = takeJobs(memory);
  const second = takeJobs(memory);
  const lengths = [first.next(), second.next(), first.next()].map(({ value }) => value?.length);
  assert.deepEqual(lengths, [1, 2, 3]);
  assert.equal(giver.countOpen, 2);
  giver.end();
  assert.ok(first.next().done);
  assert.ok(second.next().done);
  assert.ok(giver.waitUntilDone(0));
});

Deno.test("no more jobs are given out than may be open", () => {
  const memory = makeJobMemory();
  const giver = new JobGiver(memory);
  while (giver.countOpen < MOST_JOBS) giver.give(giver.free()!.index, JOB_BYTES);
  assert.equal(giver.free(), undefined);
  assert.equal(giver.waitUntilDone(1), false);
  const taken = takeJobs(memory);
  taken.next();
  taken.next();
  assert.ok(giver.waitUntilDone(0, MOST_JOBS - 1));
  assert.ok(giver.free() !== undefined);
  assert.equal(giver.free(MOST_JOBS - 1), undefined);
});

Deno.test("a thread that fails leaves no job open", () => {
  const memory = makeJobMemory();
  const giver = new JobGiver(memory);
  giver.give(giver.free()!.index, 1);
  assert.throws(() => {
    for (const _job of takeJobs(memory)) throw new Error("failed");
  }, { message: "failed" });
  assert.equal(giver.countOpen, 0);
  assert.ok(giver.waitUntilDone(0));
});

Deno.test("a job that nobody takes is not waited for, one that somebody is at is", () => {
  const memory = makeJobMemory();
  const giver = new JobGiver(memory);
  giver.give(giver.free()!.index, 1);
  assert.ok(giver.waitUntilIdle(0));
  const jobs = takeJobs(memory);
  jobs.next();
  assert.ok(!giver.waitUntilIdle(0));
  jobs.return(undefined);
  assert.ok(giver.waitUntilIdle(0));
});

Deno.test("a thread that sleeps hears of a job, and of the end", async () => {
  const memory = makeJobMemory();
  const giver = new JobGiver(memory);
  const worker = new Worker(new URL("./counting_worker.ts", import.meta.url), { type: "module" });
  try {
    const sum = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
    worker.postMessage(memory);
    for (let i = 1; i <= 100; i++) {
      giver.waitUntilDone(1000, i % 3);
      giver.give(giver.free()!.index, i);
    }
    giver.waitUntilDone(1000);
    giver.end();
    assert.equal(await sum, 5050);
  } finally {
    worker.terminate();
  }
});
