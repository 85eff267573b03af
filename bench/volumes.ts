/**
 * Volumes: how planning grows with the number of names, up to as many as no disk here has, and what
 * several builds at a time bring.
 * @module
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { generateMany } from "./data.ts";
import type { IcecoreCommand } from "./icecore_contenders.ts";
import { measure } from "./measure.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

/** How many names are planned. */
const COUNTS = [1_000_000, 10_000_000, 100_000_000];
const MOST_PEAK_BYTES = 2 * 2 ** 30;
const WORKERS = [1, 2, 4];
const VOLUMES = 12;
/** A plan of a hundred million names takes minutes. */
const PATIENCE_MS = 3_600_000;

/** What it needs of the benchmark. */
export interface VolumesOptions {
  readonly scale: number;
  readonly rounds: number;
  readonly signal: AbortSignal;
  log(text: string): void;
}

/** How planning grows, as a table. */
export async function planning({ scale, signal, log }: VolumesOptions): Promise<string> {
  // The list of names is larger than a RAM disk should be.
  const folder = mkdtempSync(`${tmpdir()}/icecore-bench-plan-`);
  const script = fileURLToPath(new URL("plan_names.ts", import.meta.url));
  const rows: string[][] = [];
  try {
    for (const count of COUNTS.map((each) => Math.ceil(each * scale))) {
      log(`volumes: a plan of ${count} names`);
      const argv = [Deno.execPath(), "run", "--allow-all", script, `${folder}/x.plan`, `${count}`];
      const { output, peakBytes } = await measure(argv, {
        cwd: folder,
        timeoutMs: PATIENCE_MS,
        signal,
      });
      const took = JSON.parse(output.trim().split("\n").at(-1)!);
      rows.push([
        count.toLocaleString("en"),
        String(took.countVolumes),
        showSeconds(took.seconds),
        `${(took.cpuSeconds / took.countNames * 1e6).toFixed(2)} µs`,
        showBytes(peakBytes ?? took.peakBytes),
        showBytes(took.namesBytes),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const head = ["names", "volumes", "time", "CPU time a name", "peak memory", "PLAN.names"];
  return `${markdownTable(head, rows)}\n\nGoal: at most ${showBytes(MOST_PEAK_BYTES)}, ` +
    "and no more CPU time a name than with the fewest.";
}

/** One, two and four builds at a time, in turn, as a table. */
export async function building(
  command: IcecoreCommand,
  folder: string,
  { scale, rounds, signal, log }: VolumesOptions,
): Promise<string> {
  const count = Math.ceil(1_000_000 * scale);
  log(`volumes: generating ${count} files`);
  const data = generateMany(`${folder}/data`, count);
  const icecore = (...args: string[]) =>
    measure([...command, "volume", ...args], { cwd: folder, timeoutMs: PATIENCE_MS, signal });
  const plan = `${folder}/bench.plan`;
  // The size that cuts it into as many as are wanted is found by trying.
  await icecore("plan", data.folder, "-o", plan, "--size", "1P", "-q");
  const size = Math.ceil(plannedBytes(plan) / VOLUMES * 1.1);
  const planned = await icecore(
    "plan",
    data.folder,
    "-o",
    plan,
    "--force",
    "-q",
    "--size",
    `${size}`,
  );
  const best = new Map<number, number>();
  const cpu = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    for (const workers of WORKERS) {
      log(`volumes: ${workers} at a time, round ${round + 1}`);
      mkdirSync(`${folder}/to`);
      const { seconds, cpuSeconds = 0 } = await icecore(
        "run",
        plan,
        "--to",
        "to",
        "-q",
        "-j",
        `${workers}`,
      );
      best.set(workers, Math.min(seconds, best.get(workers) ?? Infinity));
      cpu.set(workers, Math.min(cpuSeconds, cpu.get(workers) ?? Infinity));
      rmSync(`${folder}/to`, { recursive: true });
    }
  }
  rmSync(data.folder, { recursive: true });
  const rows = WORKERS.map((workers) => [
    String(workers),
    showSeconds(best.get(workers)!),
    (best.get(1)! / best.get(workers)!).toFixed(2),
    showSeconds(cpu.get(workers)!),
    Math.round(count / best.get(workers)!).toLocaleString("en"),
  ]);
  return `${count.toLocaleString("en")} files in ${countVolumes(plan)} volumes, ` +
    `planned in ${showSeconds(planned.seconds)}; best of ${rounds}\n\n` +
    markdownTable(["at a time", "time", "against one", "CPU time", "files a second"], rows);
}

function linesOf(plan: string) {
  return readFileSync(plan, "utf8").trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ type }) => type === "volume");
}

function plannedBytes(plan: string): number {
  return linesOf(plan).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function countVolumes(plan: string): number {
  return linesOf(plan).length;
}
