import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Plan } from "../../../volumes/plan/plan.ts";
import { planStatus } from "../../../volumes/queue/queue_status.ts";
import { connectRedis, disconnectRedis } from "../../../volumes/queue/redis.ts";
import type { FinishSet } from "../../../volumes/queue/set_job.ts";
import { submitPlan } from "../../../volumes/queue/submit_plan.ts";
import { workQueue } from "../../../volumes/queue/work_queue.ts";
import { sealSet } from "../../../volumes/set/seal_set.ts";
import { buildOne, planFolder } from "../../support/images/volume_trial.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { REDIS, startRedis } from "../../support/servers/redis.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;

/** Two volumes, a queue, and a worker that builds in this process. */
async function withQueue(
  use: (trial: {
    readonly folder: string;
    readonly plan: Plan;
    submit(to: string): Promise<string>;
    work(finish?: Partial<FinishSet>, end?: AbortController): Promise<string[]>;
    stateOfSet(): Promise<string>;
  }) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["redis", "out", "other", "source"]) mkdirSync(`${folder}/${name}`);
    for (const name of ["a", "b"]) writeFileSync(`${folder}/source/${name}`, new Uint8Array(9e5));
    const planPath = `${folder}/t.plan`;
    const plan = await planFolder(`${folder}/source`, planPath, MiB);
    assert.equal(plan.volumes.length, 2);
    await using server = await startRedis(`${folder}/redis`);
    const redis = await connectRedis({ url: server.url });
    try {
      await use({
        folder,
        plan,
        async submit(to) {
          const submission = { plan, planPath, to, countAttempts: 1, retrySeconds: 0 };
          const { state, countQueued } = await submitPlan(redis, submission);
          return `${state} ${countQueued}`;
        },
        async work(finish = {}, end = new AbortController()) {
          const events: string[] = [];
          await workQueue({
            redis,
            host: "",
            countAtOnce: 1,
            lostAfterMs: 30_000,
            untilEmpty: true,
            async build(path, index, to) {
              const { state } = await buildOne(path, index, to);
              events.push(`${state} ${index}`);
              return { exitCode: 0, errorCode: undefined, message: "" };
            },
            finishing: () => ({
              seal: async (plan, to) => void await sealSet(plan, to),
              index: () => Promise.resolve(),
              ...finish,
            }),
            onEvent: (event) => {
              if (/finished|given-back|failed/.test(event.kind)) events.push(event.kind);
            },
          }, end.signal);
          return events;
        },
        stateOfSet: async () => (await planStatus(redis, plan)).set.state,
      });
    } finally {
      disconnectRedis(redis);
    }
  });
}

testWith(
  REDIS,
  "a set whose worker is ended is finished by the next, and no try is lost",
  () =>
    withQueue(async ({ folder, submit, work, stateOfSet }) => {
      await submit(`${folder}/out`);
      const end = new AbortController();
      const index = () => {
        end.abort();
        return Promise.reject(new Error("it was ended"));
      };
      assert.deepEqual(await work({ index }, end), ["built 0", "built 1", "given-back"]);
      assert.equal(await stateOfSet(), "waiting");
      assert.deepEqual(await work(), ["finished"]);
      assert.equal(await stateOfSet(), "done");
    }),
);

testWith(
  REDIS,
  "an image that was lost before its set is finished is named, and built anew",
  () =>
    withQueue(async ({ folder, plan, submit, work }) => {
      const to = `${folder}/out`;
      await submit(to);
      const index = () => Promise.reject(new Error("no catalogue today"));
      assert.deepEqual(await work({ index }), ["built 0", "built 1", "failed"]);
      rmSync(`${to}/${plan.volumes[1]!.name}.img`);
      assert.equal(await submit(to), "submitted 0");
      assert.deepEqual(await work(), ["failed"]);
      assert.equal(await submit(to), "submitted 1");
      assert.deepEqual(await work(), ["built 1", "finished"]);
    }),
);

testWith(
  REDIS,
  "a plan that was built into another folder is built once more",
  () =>
    withQueue(async ({ folder, submit, work }) => {
      await submit(`${folder}/out`);
      await assert.rejects(submit(`${folder}/other`), { code: "submitted-elsewhere" });
      await work();
      assert.equal(await submit(`${folder}/out`), "done 0");
      assert.equal(await submit(`${folder}/other`), "submitted 2");
      assert.deepEqual(await work(), ["built 0", "built 1", "finished"]);
    }),
);
