/**
 * Volumes that are built by several workers, each a process of its own, of which some are killed
 * while Redis is restarted: `deno task killed-workers [--files N] [--kills N] [--seed S]
 * [--namespaces]`.
 *
 * In the end all volumes are there, and together they are the source, extracted by the catalogue and
 * mounted over one another; no volume was uploaded twice as something else.
 * @module
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { readPlan } from "../../../volumes/plan/read_plan.ts";
import { planStatus } from "../../../volumes/queue/queue_status.ts";
import { connectRedis, disconnectRedis } from "../../../volumes/queue/redis.ts";
import { submitPlan } from "../../../volumes/queue/submit_plan.ts";
import { Random } from "../../mutants/random.ts";
import { icecoreArgv } from "../../support/programs/icecore_command.ts";
import { withStack } from "../../support/mounts/mounted_stack.ts";
import { imagesOf, planFolder } from "../../support/images/volume_trial.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { startRedis } from "../../support/servers/redis.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { makeManyFiles, type ManyFiles } from "./many_files.ts";
import { Namespaces } from "./namespaces.ts";
import { assertSameTree, digestAsTar } from "./same_trees.ts";

/** What workers go through. */
export interface Ordeal extends ManyFiles {
  readonly countVolumes: number;
  readonly countWorkers: number;
  readonly countKills: number;
  readonly seed: number;
  /** What becomes of Redis, in turn, between the kills. */
  readonly restarts: readonly ("with data" | "without data")[];
  /** Whether each worker has a network of its own. */
  readonly hasNamespaces?: boolean;
}

/** Lets them go through it, and checks what is there in the end. @returns what was printed */
export async function survive(ordeal: Ordeal): Promise<string> {
  let log = "";
  await inTemporaryFolder(async (folder) => {
    const begin = performance.now();
    const stage = (what: string) => {
      log += `${((performance.now() - begin) / 1000).toFixed(0)} s: ${what}\n`;
    };
    makeManyFiles(join(folder, "src"), ordeal);
    stage("the source is made");
    await planInto(folder, ordeal.countVolumes);
    stage("planned");
    const data = join(folder, "redis");
    mkdirSync(data);
    using namespaces = ordeal.hasNamespaces === true
      ? new Namespaces(ordeal.countWorkers)
      : undefined;
    const addresses = namespaces === undefined
      ? []
      : Array.from({ length: ordeal.countWorkers }, (_, i) => namespaces.addressOf(i));
    await using redis = await startRedis(data, { addresses });
    mkdirSync(join(folder, "out"));
    await submit(folder, redis.url);
    const crew = new Crew(folder, redis.url, namespaces, (text) => log += text);
    const random = new Random(ordeal.seed);
    for (let i = 0; i < ordeal.countWorkers; i++) crew.hire();
    const restarts = [...ordeal.restarts];
    for (let kill = 0; kill < ordeal.countKills; kill++) {
      await pause(500 + random.below(2000));
      crew.killOne(random);
      if (kill % 2 === 0) continue;
      const restart = restarts.shift();
      if (restart === undefined) continue;
      await redis.kill();
      await pause(300);
      await redis.start(restart === "with data");
      // Whoever loses the queue submits again: what was built is not built again.
      if (restart === "without data") await submit(folder, redis.url);
    }
    stage(`${ordeal.countKills} kills, ${ordeal.restarts.length} restarts of Redis`);
    await untilComplete(folder, redis.url);
    stage("the set is complete");
    await crew.dismiss();
    await check(folder, log, stage);
  });
  return log;
}

/** The size that cuts it into as many as are wanted is found by trying. */
async function planInto(folder: string, count: number): Promise<void> {
  const plan = async (bytes: number) => {
    const { volumes } = await planFolder(join(folder, "src"), join(folder, "p.plan"), bytes, {
      force: true,
    });
    return volumes;
  };
  const [all] = await plan(2 ** 50);
  const counts: number[] = [];
  for (let share = 1.1; share > 0.9; share -= 0.02) {
    const volumes = await plan(Math.ceil(all!.sizeBytes / count * share));
    if (volumes.length === count) return;
    counts.push(volumes.length);
  }
  throw new Error(`no size cuts it into ${count} volumes, but into ${counts.join(", ")}`);
}

/** How soon another is hired for a worker that ended, which found no Redis when it began. */
const HIRE_MS = 500;

/** Workers; for each that ends, killed or by itself, another is hired. */
class Crew {
  readonly #workers = new Set<ChildProcess>();
  #ends: Promise<void>[] = [];
  #isDismissed = false;
  #countHired = 0;

  constructor(
    private readonly folder: string,
    private readonly url: string,
    private readonly namespaces: Namespaces | undefined,
    private readonly say: (text: string) => void,
  ) {}

  hire(): void {
    const { namespaces } = this;
    const number = this.#countHired++;
    const url = namespaces === undefined
      ? this.url
      : this.url.replace("127.0.0.1", namespaces.addressOf(number));
    const command = icecoreArgv(["volume", "work", "--redis", url, "--lost-after", "3"]);
    const [program, ...argv] = namespaces?.within(number, command) ?? command;
    const worker = spawn(program!, argv, {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    for (const stream of [worker.stdout, worker.stderr]) {
      stream!.on("data", (bytes: Uint8Array) => this.say(new TextDecoder().decode(bytes)));
    }
    this.#workers.add(worker);
    this.#ends.push(
      new Promise((resolve) =>
        worker.once("close", async () => {
          this.#workers.delete(worker);
          resolve();
          await pause(HIRE_MS);
          if (!worker.killed && !this.#isDismissed) this.hire();
        })
      ),
    );
  }

  killOne(random: Random): void {
    const workers = [...this.#workers];
    if (workers.length === 0) return this.hire();
    const worker = workers[random.below(workers.length)]!;
    // A worker alone leaves its build running; a machine that dies takes both.
    const builds = random.happens(0.5) ? childrenOf(worker.pid!) : [];
    worker.kill("SIGKILL");
    for (const pid of builds) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    this.hire();
  }

  /** They end by themselves when they are asked to. */
  async dismiss(): Promise<void> {
    this.#isDismissed = true;
    for (const worker of this.#workers) worker.kill("SIGTERM");
    await Promise.all(this.#ends);
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    return [];
  }
}

async function submit(folder: string, url: string): Promise<void> {
  const redis = await connectRedis({ url });
  try {
    const submitted = await submitPlan(redis, {
      plan: await readPlan(join(folder, "p.plan")),
      planPath: join(folder, "p.plan"),
      to: join(folder, "out"),
      countAttempts: 5,
      retrySeconds: 0,
    });
    assert.equal(submitted.state, "submitted");
  } finally {
    disconnectRedis(redis);
  }
}

/** How long nothing may be finished before it is given up. */
const STUCK_MS = 300_000;

/** @throws AssertionError where the set fails, or nothing goes on */
async function untilComplete(folder: string, url: string): Promise<void> {
  const redis = await connectRedis({ url });
  let [countDone, since] = [-1, performance.now()];
  try {
    const plan = await readPlan(join(folder, "p.plan"));
    for (;;) {
      const { set, volumes } = await planStatus(redis, plan);
      assert.notEqual(set.state, "failed", set.why ?? "");
      assert.notEqual(set.state, "unknown");
      if (set.state === "done") {
        return assert.ok(volumes.every(({ state }) => state === "done"), JSON.stringify(volumes));
      }
      const done = volumes.filter(({ state }) => state === "done").length;
      if (done !== countDone) [countDone, since] = [done, performance.now()];
      assert.ok(performance.now() - since < STUCK_MS, `stuck: ${JSON.stringify({ set, volumes })}`);
      await pause(500);
    }
  } finally {
    disconnectRedis(redis);
  }
}

async function check(folder: string, log: string, stage: (what: string) => void): Promise<void> {
  assert.match(log, /^finished p: \d+ volumes, catalogue p\.catalogue$/m);
  await icecoreOutput(["volume", "verify", "out/p.volumes", "-q"], folder);
  const source = join(folder, "src");
  const expected = digestAsTar(source, "tree");
  const plan = await readPlan(join(folder, "p.plan"));
  const images = imagesOf(plan, join(folder, "out"));
  await withStack(images, folder, (merged) => assertSameTree(expected, source, merged, "tree"));
  stage("mounted over one another, they are the source");
  const args = ["volume", "extract", "out/p.catalogue", "-o", "back", "-q"];
  const { code, stderr } = await icecore(args, { cwd: folder });
  assert.equal(code, 0, stderr);
  assertSameTree(expected, source, join(folder, "back"), "tree");
  stage("extracted by the catalogue, they are the source");
  rmSync(join(folder, "back"), { recursive: true });
  const left = readdirSync(join(folder, "out")).filter((name) => name.endsWith(".partial"));
  assert.deepEqual(left, []);
  for (const name of readdirSync(join(folder, "out")).filter((each) => each.endsWith(".sha512"))) {
    const line = readFileSync(join(folder, "out", name), "utf8").split(" ")[0];
    const sum = spawnSync("sha512sum", [join(folder, "out", name.replace(".sha512", ""))]);
    assert.equal(sum.stdout.toString().split(" ")[0], line, name);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      files: { type: "string", default: "1000000" },
      kills: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      namespaces: { type: "boolean", default: false },
    },
  });
  const log = await survive({
    countFiles: Number(values.files),
    mostBytes: 60,
    countVolumes: 12,
    countWorkers: 4,
    countKills: Number(values.kills),
    seed: Number(values.seed),
    restarts: ["with data", "without data"],
    hasNamespaces: values.namespaces,
  });
  console.log(`${log}\nall volumes are there, and together they are the source`);
}
