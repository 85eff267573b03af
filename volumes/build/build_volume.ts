/**
 * Builds one volume of a plan, unless it is there.
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../host/libc/paths.ts";
import { since } from "../../mod.ts";
import { UsageError, VerificationError } from "../../pipeline/build_errors.ts";
import type { EventSink } from "../../pipeline/events.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { type ScannedPart, scanOf } from "../../steps/scan.ts";
import { pathNames } from "../cut/path_stack.ts";
import type { Plan, PlannedVolume } from "../plan/plan.ts";
import { requireNames } from "../plan/names_of.ts";
import { namesPathOf } from "../plan/plan_paths.ts";
import { sourcePathsOf } from "../plan/planned_sources.ts";
import { readPlan } from "../plan/read_plan.ts";
import { notBuiltWith, stepsOf } from "../set/built_with.ts";
import { wrongImage } from "../set/check_entry.ts";
import {
  entryNameOf,
  imageNameOf,
  readEntry,
  type SourceChanges,
  type VolumeEntry,
} from "../set/entry.ts";
import { changesSince } from "./changes_since.ts";
import { MovedTree } from "./moved_tree.ts";
import { RangeSelection } from "./range_selection.ts";
import { volumeStep } from "./volume_step.ts";

/** How to build a volume. */
export interface BuildVolumeOptions {
  /** The folder of the volumes. */
  readonly to: string;
  /** What makes an image of a folder: a recipe with its plugins, which scans. */
  readonly pipeline: Pipeline;
  /** Replace an image that is there. */
  readonly force?: boolean;
  /** Leave no image where something of the source could not be stored. */
  readonly strict?: boolean;
  readonly signal: AbortSignal;
  readonly emit: EventSink;
}

/** What came out. */
export interface BuiltVolume {
  /** `present`: it was there, and is what was built. */
  readonly state: "built" | "present";
  readonly plan: Plan;
  readonly entry: VolumeEntry;
}

/**
 * Builds a volume; where it is there already, looks whether it is the one that was built.
 *
 * @throws UsageError for a plan, an index, or a name that cannot be used: nothing gets better by
 * trying again; VerificationError where what is there is not what was built; else as
 * `Pipeline.run` does
 */
export async function buildVolume(
  planPath: string,
  index: number,
  options: BuildVolumeOptions,
): Promise<BuiltVolume> {
  const moved = new MovedTree(index);
  const plan = await readPlan(planPath, (line) => moved.add(line));
  const volume = volumeAt(plan, index);
  const there = await presentVolume(volume, options);
  if (there !== undefined) return { state: "present", plan, entry: there };
  if (volume.range !== undefined) {
    await requireNames(namesPathOf(planPath), [volume], options.signal);
  }
  if (volume.only !== undefined) moved.addOnly(volume.only);
  let entry: VolumeEntry | undefined;
  let changes: SourceChanges = { countNew: 0, countGone: 0 };
  const part: ScannedPart = {
    selection: RangeSelection.ofRoot(rangeOf(volume), moved.root),
    async missing({ tree }: ScannedSource, signal: AbortSignal) {
      const found = await changesSince(tree, volume, moved, namesPathOf(planPath), signal);
      changes = { countNew: found.countNew, countGone: found.countGone };
      return found.problems;
    },
  };
  const facts = {
    planDigest: plan.digest,
    volume,
    steps: stepsOf(options.pipeline),
    changes: () => changes,
    onEntry: (written: VolumeEntry) => void (entry = written),
  };
  const { to, strict, signal, emit } = options;
  await pipelineFor(options.pipeline, plan, volume, to, part, facts).run({
    sources: sourcePathsOf(plan.header.sources, volume.host),
    output: join(to, imageNameOf(volume)),
    // An image that is lost leaves its side files.
    force: options.force === true || readEntry(to, volume)?.key === volume.key,
    strict: strict === true,
    signal,
    emit,
  });
  return { state: "built", plan, entry: entry! };
}

/** @throws UsageError `no-such-volume` */
export function volumeAt({ volumes, header }: Plan, index: number): PlannedVolume {
  const volume = volumes[index];
  if (volume !== undefined) return volume;
  throw new UsageError(
    `cannot build volume ${index} of ${header.name}: the plan has ${volumes.length}, from 0 to ` +
      `${volumes.length - 1}. Choose one of them.`,
    "no-such-volume",
  );
}

/** What was built of a volume, where it is there and what it should be. */
async function presentVolume(
  volume: PlannedVolume,
  { to, force, pipeline, signal }: BuildVolumeOptions,
): Promise<VolumeEntry | undefined> {
  if (force === true) return undefined;
  const entry = readEntry(to, volume);
  const image = join(to, imageNameOf(volume));
  if (entry === undefined) {
    if (!existsSync(image)) return undefined;
    throw notOurs(image, `nothing beside it says which volume it is (${entryNameOf(volume)})`);
  }
  if (entry.key !== volume.key) {
    throw notOurs(join(to, entryNameOf(volume)), "it is of a volume of another plan");
  }
  const wrong = await wrongImage(to, entry, signal);
  if (wrong === undefined) {
    const missing = notBuiltWith(pipeline, entry.steps);
    if (missing === undefined) return entry;
    throw new UsageError(
      `cannot build ${printable(image)}: it is there already, and was built ${
        printable(missing)
      }. Ask for what there is, replace it, or choose another folder.`,
      "built-otherwise",
    );
  }
  if (wrong.kind === "missing") return undefined;
  throw new VerificationError(
    `cannot use ${printable(image)}: it ${wrong.why}. ` +
      "Look at the disk it lies on, then build the volume anew.",
  );
}

function notOurs(path: string, why: string): UsageError {
  return new UsageError(
    `cannot build ${printable(path)}: it exists already, and ${why}. ` +
      "Choose another folder, or replace it.",
    "volume-exists",
  );
}

function rangeOf({ range }: PlannedVolume) {
  if (range === undefined) return undefined;
  const from = pathNames(range.from);
  return range.to === undefined ? { from } : { from, to: pathNames(range.to) };
}

/** The pipeline with a scan of the part, and with the step that writes the entry. */
function pipelineFor(
  given: Pipeline,
  { header }: Plan,
  volume: PlannedVolume,
  to: string,
  part: ScannedPart,
  facts: Parameters<typeof volumeStep>[0],
): Pipeline {
  const { exclude, oneFileSystem, times } = header.options;
  const next = given.names[given.names.indexOf("scan") + 1];
  if (!given.has("scan") || next === undefined) {
    throw new UsageError(
      `cannot build a volume by recipe ${given.name}: it has no step scan that finds the files. ` +
        "Choose another recipe.",
      "unusable-recipe",
    );
  }
  const scanned = given.without("scan")
    .insertBefore(next, scanOf(part), { exclude, oneFileSystem, times });
  const timed = scanned.has("pack") ? scanned.with("pack", { times }) : scanned;
  const based = volume.base === undefined
    ? timed
    : timed.use(since, { base: join(to, imageNameOf({ name: volume.base })) });
  return based.insertAfter(lastMaker(based), volumeStep(facts));
}

/** Behind what makes files of the image, and before what sends them. */
function lastMaker({ placed, names }: Pipeline): string {
  const makers = placed.filter(({ step }) =>
    step.digests === true || step.transforms === true || step.leavesFiles === true
  );
  return makers.at(-1)?.step.name ?? names.at(-1)!;
}
