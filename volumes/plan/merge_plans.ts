/**
 * Puts the plans of several hosts together.
 * @module
 */

import { existsSync } from "node:fs";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { PlanFiles } from "./plan_files.ts";
import { ScratchFile } from "../files/scratch.ts";
import type { MovedNames, Plan, PlanHeader, PlannedVolume } from "./plan.ts";
import { requireNames } from "./names_of.ts";
import { namesPathOf, planNameOf, volumeName } from "./plan_paths.ts";
import { readPlan } from "./read_plan.ts";
import { withKey } from "./volume_key.ts";
import { writePlan } from "./write_plan.ts";

/** Where the merged plan goes. */
export interface MergePlansOptions {
  readonly output: string;
  readonly force: boolean;
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Merges plans: the volumes of each, one after the other.
 *
 * @throws UsageError `cannot-merge` where two are of one host, or not made alike
 */
export async function mergePlans(
  paths: readonly string[],
  { output, force, dryRun, signal }: MergePlansOptions,
): Promise<Plan> {
  const name = planNameOf(output);
  const plans: Plan[] = [];
  for (const path of paths) plans.push(await readPlan(path));
  requireAlike(paths, plans);
  const header: PlanHeader = {
    ...plans[0]!.header,
    name,
    sources: plans.flatMap((plan) => plan.header.sources),
  };
  const hasNames = paths.every((path) => existsSync(namesPathOf(path)));
  const volumes = renumbered(plans, header, hasNames ? paths.map(namesSize) : []);
  const countMoved = plans.reduce((sum, plan) => sum + plan.countMoved, 0);
  const merged = { header, volumes, countMoved, digest: "" };
  if (dryRun === true) return merged;
  const files = PlanFiles.claim(output, force);
  try {
    if (hasNames) {
      for (const [index, path] of paths.entries()) {
        await requireNames(namesPathOf(path), plans[index]!.volumes, signal);
      }
      joinNames(paths, files.names, signal);
    }
    const digest = await writePlan(files.plan, merged, movedOf(paths, plans));
    await files.publish();
    return { ...merged, digest };
  } finally {
    await files.close();
  }
}

function renumbered(
  plans: readonly Plan[],
  header: PlanHeader,
  sizes: readonly number[],
): PlannedVolume[] {
  const volumes: PlannedVolume[] = [];
  let offset = 0;
  for (const [which, plan] of plans.entries()) {
    for (const volume of plan.volumes) {
      const index = volumes.length;
      const [start, end] = volume.names;
      const names = sizes.length === 0 ? [0, 0] as const : [start + offset, end + offset] as const;
      // What was built keeps its name; nothing was built of the others yet.
      const moved = volume.kept === true ? { ...volume, index, names } : withKey({
        ...volume,
        index,
        names,
        name: volumeName(header.name, header.generation, index),
      }, header);
      volumes.push(moved);
    }
    offset += sizes[which] ?? 0;
  }
  return volumes;
}

async function* movedOf(
  paths: readonly string[],
  plans: readonly Plan[],
): AsyncGenerator<MovedNames> {
  let first = 0;
  for (const [which, path] of paths.entries()) {
    if (plans[which]!.countMoved > 0) {
      const lines: MovedNames[] = [];
      // Lines are collected for one plan at a time.
      await readPlan(path, (line) => void lines.push(line));
      for (const line of lines) yield { ...line, from: line.from + first, to: line.to + first };
    }
    first += plans[which]!.volumes.length;
  }
}

function namesSize(path: string): number {
  const file = ScratchFile.open(namesPathOf(path), "r");
  try {
    return file.sizeBytes;
  } finally {
    file.close();
  }
}

const PIECE_BYTES = 1 << 22;

function joinNames(paths: readonly string[], into: ScratchFile, signal: AbortSignal): void {
  const piece = new Uint8Array(PIECE_BYTES);
  let at = 0;
  for (const path of paths) {
    const file = ScratchFile.open(namesPathOf(path), "r");
    try {
      for (let done = 0;;) {
        signal.throwIfAborted();
        const count = file.read(piece, done);
        if (count === 0) break;
        into.write(piece.subarray(0, count), at);
        done += count;
        at += count;
      }
    } finally {
      file.close();
    }
  }
}

function requireAlike(paths: readonly string[], plans: readonly Plan[]): void {
  const hosts = new Map<string, number>();
  const names = new Map<string, number>();
  const made = ({ header: { options, targetBytes, generation } }: Plan) =>
    JSON.stringify([options, targetBytes, generation]);
  for (const [index, plan] of plans.entries()) {
    const path = paths[index]!;
    if (made(plan) !== made(plans[0]!)) {
      throw refused(
        [paths[0]!, path],
        "their size, excludes, times or generation differ",
        "Plan all hosts alike.",
      );
    }
    for (const host of new Set(plan.header.sources.map((source) => source.host))) {
      claim(hosts, host, index, (other) =>
        refused(
          [paths[other]!, path],
          `both are of the host ${host === "" ? "without a label" : printable(host)}`,
          "Label the host that each is planned on.",
        ));
    }
    for (const { name } of plan.header.sources) {
      claim(names, name, index, (other) =>
        refused(
          [paths[other]!, path],
          name === ""
            ? "both have a source whose contents go to the root"
            : `both have a source that becomes ${printable(name)}`,
          "Give one of them another name, as by a symbolic link to it.",
        ));
    }
  }
  const root = names.get("");
  const [[name, other] = ["", undefined]] = [...names].filter(([, index]) => index !== root);
  if (root === undefined || other === undefined) return;
  throw refused(
    [paths[root]!, paths[other]!],
    `the first has a source whose contents go to the root, where ${printable(name)} of the other ` +
      "may be as well",
    "Plan the folder itself there, not its contents.",
  );
}

function claim(
  known: Map<string, number>,
  key: string,
  index: number,
  clash: (other: number) => Error,
): void {
  const other = known.get(key);
  if (other !== undefined && other !== index) throw clash(other);
  known.set(key, index);
}

function refused([one, other]: readonly [string, string], why: string, what: string): UsageError {
  return new UsageError(
    `cannot merge ${printable(one)} and ${printable(other)}: ${why}. ${what}`,
    "cannot-merge",
  );
}
