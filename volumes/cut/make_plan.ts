/**
 * Makes the plan of one host's sources: walks them once, looks where to cut, writes the plan and
 * the list of its names.
 * @module
 */

import { tmpdir } from "node:os";
import { join } from "node:path";
import { Breather } from "../../host/breathe.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { EventSink } from "../../pipeline/events.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { compileExcludes } from "../../source/exclude.ts";
import { checkOutputOutside, placeSources } from "../../source/placement.ts";
import {
  type Plan,
  PLAN_FORMAT,
  PLAN_VERSION,
  type PlanHeader,
  type PlannedVolume,
  type PlanOptions,
} from "../plan/plan.ts";
import { isLabel } from "../plan/plan_shape.ts";
import { planNameOf } from "../plan/plan_paths.ts";
import { plannedSources } from "../plan/planned_sources.ts";
import { withKey } from "../plan/volume_key.ts";
import { writePlan } from "../plan/write_plan.ts";
import type { BytesSink, BytesSource } from "./names_file.ts";
import { EarlierPlan } from "./earlier_plan.ts";
import { findCuts } from "./find_cuts.ts";
import { measureParts, type Part } from "./measure_parts.ts";
import { movedNames } from "./moved_names.ts";
import { PlanFiles } from "../plan/plan_files.ts";
import { plannedVolumes } from "./planned_volumes.ts";
import { scanNames } from "./scan_names.ts";
import { ScratchFile } from "../files/scratch.ts";
import { TreeNames } from "./tree_names.ts";

/** What to plan. */
export interface PlanRequest {
  /** Absolute; `/.` at the end means "its contents". */
  readonly sources: readonly string[];
  /** The label of this host; empty where there is only one. */
  readonly host: string;
  readonly targetBytes: number;
  readonly options: PlanOptions;
  /** Where the plan goes. */
  readonly output: string;
  readonly force: boolean;
  /** The path of the plan that is extended. */
  readonly since?: string;
  /** Find out only, and write nothing. */
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
}

/** What came out. */
export interface PlanResult {
  readonly plan: Plan;
  /** What could not be looked at. */
  readonly problems: readonly Problem[];
  /** Patterns that were to leave something out and matched nothing. */
  readonly unmatchedPatterns: readonly string[];
}

/** A volume has to hold more than the folders above it. */
export const LEAST_TARGET_BYTES = 1 << 20;

/** Plans. @throws UsageError, SourceError, EnvironmentError; the signal's reason */
export async function makePlan(request: PlanRequest): Promise<PlanResult> {
  const { sources, output, options } = request;
  const name = planNameOf(output);
  requireTarget(request.targetBytes);
  requireLabel(request.host);
  const placement = placeSources(sources);
  checkOutputOutside(sources, output, options.oneFileSystem, options.exclude);
  const excludes = compileExcludes(options.exclude);
  const since = request.since === undefined
    ? undefined
    : await EarlierPlan.open(request.since, request.host);
  const problems: Problem[] = [];
  try {
    const header: PlanHeader = {
      format: PLAN_FORMAT,
      version: PLAN_VERSION,
      name,
      generation: (since?.plan.header.generation ?? 0) + 1,
      ...(since === undefined ? {} : { since: since.plan.digest }),
      targetBytes: request.targetBytes,
      sources: plannedSources(placement, request.host),
      options,
    };
    const work = async (files: Files) => {
      using names = new ClosingNames(files.names, files.place);
      await step(request, 0, async () => {
        await scanNames(placement, names, {
          excludes,
          oneFileSystem: options.oneFileSystem,
          signal: request.signal,
          onProgress: (done) =>
            request.emit({ type: "progress", step: "scan", done, unit: "files" }),
          onProblem(problem) {
            problems.push(problem);
            request.emit({ type: "problem", step: "scan", problem });
          },
        });
        names.finish();
      });
      return await step(request, 1, () => cutNames(names, header, request, since, files));
    };
    const plan = request.dryRun === true ? await inScratch(work) : await inFiles(request, work);
    return { plan, problems, unmatchedPatterns: excludes?.unmatched ?? [] };
  } finally {
    since?.close();
  }
}

/** Where a plan and its names go. */
export interface Files {
  readonly names: BytesSink & BytesSource;
  /** What scratch files lie beside. */
  readonly place: string;
  /** Absent in a dry run. */
  readonly plan?: WritableStream<Uint8Array>;
}

/** Cuts a tree whose names were collected, and writes the plan. */
export async function cutNames(
  names: TreeNames,
  header: PlanHeader,
  { host, signal }: Pick<PlanRequest, "host" | "signal">,
  since: EarlierPlan | undefined,
  files: Files,
): Promise<Plan> {
  const breather = new Breather(signal);
  const cuts = await findCuts(names, header.targetBytes, since?.cuts ?? [], breather);
  const parts = await measureParts(names, files.names, cuts, breather);
  const hasMoved = names.hasLinks || cuts.large.length > 0;
  const moved = () => hasMoved ? movedNames(names, parts, breather) : nothing();
  const { volumes, countMoved, withMoved } = await plannedVolumes(parts, header, host, moved());
  let extended = volumes;
  if (since !== undefined) {
    const all: PlannedVolume[] = [];
    for (const [index, volume] of volumes.entries()) {
      const found = { header, names: files.names, hasMoved: withMoved.has(index), signal };
      all.push(await extendedVolume(volume, parts, since, found));
    }
    extended = all;
  }
  if (files.plan === undefined) return { header, volumes: extended, countMoved, digest: "" };
  const digest = await writePlan(files.plan, { header, volumes: extended }, moved());
  return { header, volumes: extended, countMoved, digest };
}

/** A volume of a plan that extends another: kept, a layer on what there is, or built anew. */
async function extendedVolume(
  volume: PlannedVolume,
  parts: readonly Part[],
  since: EarlierPlan,
  { header, names, hasMoved, signal }: {
    readonly header: PlanHeader;
    readonly names: BytesSource;
    readonly hasMoved: boolean;
    readonly signal: AbortSignal;
  },
): Promise<PlannedVolume> {
  const part = parts[volume.index]!;
  const before = since.volumeOf(part);
  if (before === undefined || !since.isMadeAs(header, volume.host)) return volume;
  const { index, names: place, namesDigest, range } = volume;
  if (before.contents === volume.contents) {
    return {
      ...before,
      ...(range === undefined ? {} : { range }),
      index,
      names: place,
      namesDigest,
      kept: true,
    };
  }
  const sizeBytes = hasMoved
    ? undefined
    : await since.layerBytes(before, part, parts[volume.index + 1], names, signal);
  if (sizeBytes === undefined) return volume;
  return withKey({ ...volume, base: before.name, sizeBytes }, header);
}

async function* nothing(): AsyncGenerator<never> {}

async function inScratch(work: (files: Files) => Promise<Plan>): Promise<Plan> {
  const place = join(tmpdir(), "icecore-plan");
  const names = ScratchFile.nameless(place);
  try {
    return await work({ names, place });
  } finally {
    names.close();
  }
}

async function inFiles(
  { output, force }: PlanRequest,
  work: (files: Files) => Promise<Plan>,
): Promise<Plan> {
  const files = PlanFiles.claim(output, force);
  try {
    const plan = await work({ names: files.names, place: output, plan: files.plan });
    await files.publish();
    return plan;
  } finally {
    await files.close();
  }
}

const STEPS = ["scan", "cut"] as const;

async function step<T>({ emit }: PlanRequest, index: 0 | 1, work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const name = STEPS[index];
  emit({ type: "step-started", step: name, index, countSteps: STEPS.length });
  const result = await work();
  const seconds = (performance.now() - startMs) / 1000;
  emit({ type: "step-finished", step: name, seconds, sizeBytes: 0 });
  return result;
}

class ClosingNames extends TreeNames {
  [Symbol.dispose](): void {
    this.close();
  }
}

function requireTarget(targetBytes: number): void {
  if (targetBytes >= LEAST_TARGET_BYTES) return;
  throw new UsageError(
    `cannot cut volumes of ${printable(String(targetBytes))} bytes: what they have in common ` +
      "takes more. Choose 1M or more.",
    "bad-size",
  );
}

function requireLabel(host: string): void {
  if (isLabel(host)) return;
  throw new UsageError(
    `cannot label this host ${printable(JSON.stringify(host))}: a label has up to 63 letters, ` +
      "digits, dots, hyphens and underscores. Choose another.",
    "bad-label",
  );
}
