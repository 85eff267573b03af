/**
 * What the queue itself costs a volume: it is submitted, handed out, and reported as done, with
 * builds that do nothing.
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { runProgram } from "../host/programs/run_program.ts";
import { startRedis } from "../tests/support/redis.ts";
import { readPlan } from "../volumes/plan/read_plan.ts";
import { planStatus } from "../volumes/queue/queue_status.ts";
import { connectRedis, disconnectRedis } from "../volumes/queue/redis.ts";
import { submitPlan } from "../volumes/queue/submit_plan.ts";
import { workQueue } from "../volumes/queue/work_queue.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { showSeconds } from "./table.ts";

const COUNT_VOLUMES = 60;
const VOLUME_BYTES = 900_000;

/** Runs it, and says what came out; why not, where there is no redis-server. */
export async function queueing(command: IcecoreCommand, folder: string): Promise<string> {
  const data = `${folder}/queue`;
  for (const name of ["redis", "src", "out"]) mkdirSync(`${data}/${name}`, { recursive: true });
  const bytes = new Uint8Array(VOLUME_BYTES).map((_, i) => Math.imul(i, 2_654_435_761) >>> 13);
  for (let i = 0; i < COUNT_VOLUMES; i++) {
    writeFileSync(`${data}/src/${String(i).padStart(4, "0")}`, bytes);
  }
  const planPath = `${data}/p.plan`;
  await runProgram(
    [...command, "volume", "plan", `${data}/src/.`, "-o", planPath, "--size", "1M", "--quiet"],
  );
  const plan = await readPlan(planPath);
  await using server = await startRedis(`${data}/redis`);
  const redis = await connectRedis({ url: server.url });
  const ended = new AbortController();
  try {
    const begin = performance.now();
    const to = `${data}/out`;
    await submitPlan(redis, { plan, planPath, to, countAttempts: 1, retrySeconds: 0 });
    const working = workQueue({
      redis,
      host: "",
      countAtOnce: 1,
      lostAfterMs: 30_000,
      untilEmpty: false,
      build: () => Promise.resolve({ exitCode: 0, errorCode: undefined, message: "" }),
      // Nothing was built, and so the set's job ends with the names of all volumes.
      finishing: () => ({ seal: () => Promise.resolve(), index: () => Promise.resolve() }),
      onEvent: (event) => event.kind === "failed" && ended.abort(),
    }, ended.signal);
    while (!ended.signal.aborted) await pause(5);
    const seconds = (performance.now() - begin) / 1000;
    await working;
    const { volumes } = await planStatus(redis, plan);
    if (volumes.some(({ state }) => state !== "done")) throw new Error("a volume was not built.");
    const each = seconds / plan.volumes.length;
    return `The queue's own cost a volume, of ${plan.volumes.length}: ${showSeconds(each)} ` +
      "(goal: at most 100 ms).";
  } finally {
    disconnectRedis(redis);
  }
}
